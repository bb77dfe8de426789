//! What people are told of: every kind with who is told, how it is mailed unless somebody chose otherwise, and what it says.

use super::choosing::MailChoice;

/// A kind of notice (消息种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// 新约稿
    Solicited,
    /// 约稿临近截止
    SolicitationDue,
    /// 约稿逾期
    SolicitationMissed,
    /// 约稿拒报
    SolicitationRefused,
    /// 报送要点
    Points,
    /// 退稿
    Returned,
    /// 采用
    Adopted,
    /// 督办临近期限
    FollowDue,
    /// 放假安排未录入
    HolidaysLacking,
    /// 通报和函件送达
    PapersSent,
    /// 连续靠后预警
    RunWarning,
    /// 单位申诉
    Objected,
    /// 申诉答复
    ObjectionAnswered,
    /// 培训安排
    Training,
    /// 跟岗安排
    Rotation,
}

impl NoticeKind {
    /// Every kind, in the order of the pages.
    pub const ALL: [Self; 15] = [
        Self::Solicited,
        Self::SolicitationDue,
        Self::SolicitationMissed,
        Self::SolicitationRefused,
        Self::Points,
        Self::Returned,
        Self::Adopted,
        Self::FollowDue,
        Self::HolidaysLacking,
        Self::PapersSent,
        Self::RunWarning,
        Self::Objected,
        Self::ObjectionAnswered,
        Self::Training,
        Self::Rotation,
    ];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Solicited => "solicited",
            Self::SolicitationDue => "solicitation-due",
            Self::SolicitationMissed => "solicitation-missed",
            Self::SolicitationRefused => "solicitation-refused",
            Self::Points => "points",
            Self::Returned => "returned",
            Self::Adopted => "adopted",
            Self::FollowDue => "follow-due",
            Self::HolidaysLacking => "holidays-lacking",
            Self::PapersSent => "papers-sent",
            Self::RunWarning => "run-warning",
            Self::Objected => "objected",
            Self::ObjectionAnswered => "objection-answered",
            Self::Training => "training",
            Self::Rotation => "rotation",
        }
    }

    /// The kind stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Solicited => "新约稿",
            Self::SolicitationDue => "约稿临近截止",
            Self::SolicitationMissed => "约稿逾期未报",
            Self::SolicitationRefused => "单位说明不报",
            Self::Points => "报送要点",
            Self::Returned => "稿件退回",
            Self::Adopted => "稿件采用",
            Self::FollowDue => "督办临近期限",
            Self::HolidaysLacking => "放假安排未录入",
            Self::PapersSent => "通报和函件送达",
            Self::RunWarning => "连续靠后预警",
            Self::Objected => "单位申诉",
            Self::ObjectionAnswered => "申诉答复",
            Self::Training => "培训安排",
            Self::Rotation => "跟岗安排",
        }
    }

    /// Who is told, and when.
    pub fn told(self) -> &'static str {
        match self {
            Self::Solicited => "被约稿单位的信息员，约稿发出时",
            Self::SolicitationDue => "还没有报送的单位的信息员，截止前第2个工作日起和截止当天各一次",
            Self::SolicitationMissed => "逾期未报单位的信息员和发出约稿的编辑，截止日期的次日",
            Self::SolicitationRefused => "发出约稿的编辑，单位说明不报时",
            Self::Points => "报送要点所列单位的信息员，要点发出时",
            Self::Returned => "稿件所属单位的信息员，退回时",
            Self::Adopted => "稿件所属单位的信息员，刊发时",
            Self::FollowDue => "责任单位的信息员，进入提醒期时和期限当天各一次",
            Self::HolidaysLacking => "系统管理员，每年11月15日起，下一年的放假安排还没有录入时",
            Self::PapersSent => "各单位的信息员，关账和更正通报时",
            Self::RunWarning => "上一期和本期都靠后的单位的信息员，每月20日起，一期一次",
            Self::Objected => "编辑和科长，单位提出申诉时",
            Self::ObjectionAnswered => "提出申诉的单位的信息员，答复时",
            Self::Training => "各单位的信息员，安排培训时",
            Self::Rotation => "跟岗单位的信息员，安排跟岗时",
        }
    }

    /// How it is mailed unless the office or the person chose otherwise.
    pub(super) fn mail(self) -> MailChoice {
        match self {
            Self::Solicited
            | Self::SolicitationDue
            | Self::SolicitationMissed
            | Self::Points
            | Self::FollowDue
            | Self::RunWarning
            | Self::ObjectionAnswered
            | Self::Training
            | Self::Rotation => MailChoice::Now,
            Self::SolicitationRefused
            | Self::Returned
            | Self::Adopted
            | Self::HolidaysLacking
            | Self::PapersSent
            | Self::Objected => MailChoice::Gathered,
        }
    }

    /// The places its wording may have.
    pub fn places(self) -> &'static [&'static str] {
        match self {
            Self::Solicited => &["编号", "题目", "截止日期", "要求"],
            Self::SolicitationDue => &["编号", "题目", "截止日期", "剩余时间"],
            Self::SolicitationMissed => &["编号", "题目", "截止日期", "单位"],
            Self::SolicitationRefused => &["编号", "题目", "单位", "原因"],
            Self::Points => &["编号", "名称", "题目", "期限"],
            Self::Returned => &["编号", "题目", "原因"],
            Self::Adopted => &["编号", "题目", "刊期"],
            Self::FollowDue => &["事项", "期限", "剩余时间"],
            Self::HolidaysLacking => &["年份"],
            Self::PapersSent => &["文件", "周期"],
            Self::RunWarning => &["周期", "情况"],
            Self::Objected => &["单位", "周期", "事项", "答复期限"],
            Self::ObjectionAnswered => &["周期", "事项", "结果", "答复"],
            Self::Training => &["名称", "日期", "地点", "内容"],
            Self::Rotation => &["月份", "人员", "带教人"],
        }
    }

    /// What it says unless the office worded it otherwise: head and text.
    pub fn wording(self) -> (&'static str, &'static str) {
        match self {
            Self::Solicited => (
                "新约稿：{题目}",
                "办公室发来{编号}《{题目}》，请于{截止日期}前报送。逾期报送或不报送的，按计分办法处理。",
            ),
            Self::SolicitationDue => (
                "约稿{剩余时间}：{题目}",
                "{编号}《{题目}》{剩余时间}，截止日期为{截止日期}，贵单位还没有报送。不能报送的，请在系统中说明原因。",
            ),
            Self::SolicitationMissed => {
                ("约稿已逾期：{题目}", "{编号}《{题目}》已于{截止日期}截止，{单位}没有报送。现在补报，按迟报计。")
            }
            Self::SolicitationRefused => ("{单位}说明不报：{题目}", "{单位}对{编号}《{题目}》说明不报：{原因}"),
            Self::Points => ("报送要点：{名称}", "办公室发来{编号}《{名称}》，请于{期限}前围绕下列题目报送：{题目}"),
            Self::Returned => ("稿件退回：{题目}", "{编号}《{题目}》{原因}。修改后可以重新报送。"),
            Self::Adopted => ("稿件采用：{题目}", "{编号}《{题目}》{刊期}"),
            Self::FollowDue => ("督办{剩余时间}", "批示督办事项“{事项}”{剩余时间}，办理期限为{期限}，请抓紧反馈。"),
            Self::PapersSent => ("{周期}{文件}已送达", "{周期}{文件}已送达，请在“考核”的“通报和函件”中阅读。"),
            Self::RunWarning => ("{周期}连续靠后预警", "{情况}"),
            Self::Objected => ("{单位}申诉：{事项}", "{单位}对{周期}的“{事项}”提出申诉，请于{答复期限}前答复。"),
            Self::ObjectionAnswered => ("{结果}：{事项}", "贵单位对{周期}的“{事项}”的申诉已答复，{结果}。{答复}"),
            Self::Training => (
                "培训安排：{名称}",
                "{名称}定于{日期}举行，地点：{地点}。请安排信息员参加，培训材料在“报送”的“培训轮训”中查看。{内容}",
            ),
            Self::Rotation => {
                ("{月份}跟岗安排：{人员}", "请安排{人员}于{月份}到信息科跟岗，带教人{带教人}。跟岗结束后由信息科鉴定。")
            }
            Self::HolidaysLacking => (
                "{年份}年放假安排还没有录入",
                "请在“系统”的“工作日历”中录入国务院办公厅关于{年份}年节假日安排的通知，否则涉及{年份}年的截止日期算不出来。",
            ),
        }
    }
}
