//! The kinds of papers (文种) that have a template: their names, their built-in wording, and the fields a template may use.

use crate::{paper::Paper, papers, template::Template};

/// A kind of paper (文种).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperKind {
    /// An issue (期) of a publication, and its proof sheet (清样).
    Issue,
    /// 《政务信息采用情况通报》, a month's bulletin.
    Bulletin,
    /// 《政务信息工作反馈函》, to the head of a unit.
    FeedbackLetter,
    /// 约谈通知, to a unit.
    InterviewNotice,
    /// 约稿通知单, to the units asked.
    SolicitationNotice,
    /// 告知函: a unit learns that its item was adopted.
    AdoptionNotice,
    /// 年度考核通报.
    AnnualCircular,
    /// 上报稿: an item as it is sent to a higher office.
    UpwardReport,
    /// 约谈批评建议: whom the section proposes to interview and to criticise.
    Proposals,
    /// 培训签到表, to be signed by those who come.
    SignInSheet,
}

/// A field a template may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    pub(crate) holds: Holds,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    /// Whole paragraphs, with headings.
    Blocks,
    /// Yes or no.
    Flag,
    /// A list whose members have these fields.
    List(&'static [Field]),
}

const fn text(name: &'static str, says: &'static str) -> Field {
    Field { name, says, holds: Holds::Text }
}

const fn blocks(name: &'static str, says: &'static str) -> Field {
    Field { name, says, holds: Holds::Blocks }
}

const fn flag(name: &'static str, says: &'static str) -> Field {
    Field { name, says, holds: Holds::Flag }
}

const fn list(name: &'static str, says: &'static str, members: &'static [Field]) -> Field {
    Field { name, says, holds: Holds::List(members) }
}

const OFFICE: Field = text("发文机关", "发文机关全称，例如“滕州市人民政府办公室”");
const NUMBER: Field = text("字号", "发文字号或期号，例如“滕政办字〔2018〕12号”");
const DATE: Field = text("日期", "成文日期，例如“2018年7月3日”");
const UNIT: Field = text("单位", "收文单位");
const COPIES: Field = text("抄送", "抄送机关，各机关之间用逗号分开，末尾有句号");
const SEAL: Field = flag("盖章", "这份文件要盖章");

const ISSUE: &[Field] = &[
    text("刊名", "刊物名称"),
    text("内部提示", "刊名上方的提示，例如“内部资料　注意保存”"),
    flag("清样", "这是清样，没有期号和分送范围，留出签字的地方"),
    flag("增刊", "这一期是增刊"),
    text("期号", "本年第几期，只有数字"),
    text("总期号", "创刊以来第几期，只有数字"),
    text("编辑单位", "编辑单位，不带“编”字"),
    DATE,
    list(
        "稿件",
        "本期的稿件，依次排列",
        &[
            text("栏目", "栏目名，不带括号"),
            text("稿题", "稿件标题"),
            flag("短讯", "这一期是短讯，标题与正文连排"),
            blocks("正文", "稿件正文"),
            text("署名", "稿源单位，不带括号"),
            text("编码", "稿件编码，用来认出领导批示件的扫描件；设为不印时为空"),
        ],
    ),
    text("报", "报送的上级领导，末尾有句号"),
    text("送", "分送的平级单位，末尾有句号"),
    text("发", "发至的下级单位，末尾有句号"),
    text("增发", "本期增发的单位，末尾有句号"),
    text("编辑", "编辑的姓名"),
    text("审核", "审核人的姓名"),
    text("签发", "签发人的姓名"),
    text("份数", "印数，只有数字"),
];

const RANK: &[Field] = &[
    text("位次", "在本组的位次"),
    text("名称", "单位名称"),
    text("报送篇数", "当月报送篇数"),
    text("报送任务", "当月报送任务"),
    text("采用篇数", "当月采用篇数"),
    text("得分", "当月得分"),
];

const BULLETIN: &[Field] = &[
    OFFICE,
    text("紧急程度", "“特急”或“加急”，平时为空"),
    NUMBER,
    text("标题", "通报标题"),
    text("主送", "主送机关"),
    text("月份", "例如“6月份”“第三季度”"),
    text("一期", "按月关账时是“月”，否则是“期”"),
    text("各期", "按月关账时是“月份”，否则是“各期”"),
    text("期别", "按月关账时是“月份”，否则是“周期”"),
    text("更正依据", "例如“（计分办法解释R14）”，计分办法没有写明时为空"),
    blocks("正文", "系统按当月数据写出的正文，包括各级标题"),
    blocks("结尾", "系统按当月数据写出的工作要求"),
    blocks("约谈名单", "列入约谈的单位和理由"),
    blocks("批评名单", "建议通报批评的单位和理由"),
    list("排名组", "各排名组的得分表", &[text("组名", "例如“镇街”“A类”"), list("单位", "按位次排列的单位", RANK)]),
    list(
        "采用稿件",
        "当月采用的稿件",
        &[
            text("稿题", "稿件标题"),
            text("名称", "报送单位"),
            text("采用刊物", "采用的刊物和期号"),
            text("得分", "该次采用的得分"),
        ],
    ),
    list(
        "更正",
        "往月计分的更正",
        &[
            text("名称", "单位名称"),
            text("所属月份", "已结账的月份"),
            text("事项", "更正的事实"),
            text("加减分", "计入本月的分数，带正负号"),
        ],
    ),
    SEAL,
    DATE,
    text("印发日期", "印发日期"),
    text("报", "报送的领导，末尾有句号"),
    text("发", "发至的单位，末尾有句号"),
    COPIES,
];

const FEEDBACK: &[Field] = &[
    OFFICE,
    NUMBER,
    text("函名", "函的名称，例如“滕州市政务信息工作反馈函”"),
    UNIT,
    text("负责人", "单位主要负责人的姓名或职务，可空"),
    text("排名组", "单位所在的排名组，例如“镇街”"),
    text("月数", "连续位列后三位的月数，用汉字，例如“两”"),
    list(
        "月份",
        "连续位列后三位的各月",
        &[
            text("月份名", "例如“2018年5月”"),
            text("报送篇数", "当月报送篇数"),
            text("报送任务", "当月报送任务"),
            text("采用篇数", "当月采用篇数"),
            text("得分", "当月得分"),
            text("位次", "在本组的位次，例如“20/21”"),
        ],
    ),
    blocks("问题", "系统按数据写出的主要问题，一个问题一段"),
    text("反馈期限", "书面反馈的期限，例如“7月20日”"),
    text("联系人", "联系人"),
    text("电话", "联系电话"),
    SEAL,
    DATE,
    COPIES,
];

const INTERVIEW: &[Field] = &[
    OFFICE,
    NUMBER,
    UNIT,
    text("事由", "约谈的事由，例如“5月、6月连续两个月位列镇街后三位”"),
    text("时间", "约谈时间"),
    text("地点", "约谈地点"),
    text("主持", "主持约谈的人"),
    text("参加人员", "单位参加约谈的人"),
    list("准备材料", "约谈前要准备的材料", &[text("内容", "一项材料")]),
    text("回执期限", "报送参加人员名单的期限"),
    text("联系人", "联系人"),
    text("电话", "联系电话"),
    SEAL,
    DATE,
];

const SOLICITATION: &[Field] = &[
    OFFICE,
    text("编号", "约稿编号，例如“约〔2018〕7号”"),
    text("单位", "约稿单位，多个单位用顿号分开"),
    list(
        "题目",
        "所约的各个题目",
        &[
            text("题目名", "题目"),
            text("要求", "写作要求"),
            text("字数", "字数要求"),
            text("截止时间", "报送截止时间"),
            text("联系人", "联系人和电话"),
        ],
    ),
    text("报送邮箱", "报送稿件的邮箱"),
    DATE,
];

const SIGN_IN: &[Field] = &[
    OFFICE,
    text("培训名称", "培训的名称"),
    text("日期", "培训日期"),
    text("地点", "培训地点，可空"),
    text("内容", "培训内容，可空"),
    list(
        "人员",
        "应参加培训的人员，没有登记信息员的单位留空一行",
        &[
            text("单位", "单位名称"),
            text("姓名", "信息员姓名，可空"),
            text("电话", "联系电话，可空"),
            text("签名", "留空，由本人签名"),
            text("备注", "已经登记签到的写明"),
        ],
    ),
    text("制表日期", "打印这张表的日期"),
];

const ADOPTION: &[Field] = &[
    OFFICE,
    NUMBER,
    UNIT,
    list(
        "采用",
        "单位被采用的稿件",
        &[
            text("稿题", "稿件标题"),
            text("采用刊物", "采用的刊物和期号"),
            text("采用日期", "采用日期"),
            text("形式", "独编、综合或一句话"),
            text("得分", "计分"),
        ],
    ),
    text("总分", "以上各项得分之和"),
    blocks("批示", "领导批示情况，可空"),
    SEAL,
    DATE,
];

const UPWARD: &[Field] = &[
    OFFICE,
    text("编号", "上报编号，例如“上报〔2018〕12号”，上报前为空"),
    text("上级机关", "报送的上级机关"),
    text("形式", "拟采用的形式，例如“枣庄普刊采用”"),
    text("稿题", "标题"),
    blocks("正文", "正文"),
    text("署名", "稿源单位，不带括号"),
    text("编辑", "编辑的姓名"),
    text("签发", "上报人的姓名，上报前为空"),
    text("日期", "上报日期，上报前为空"),
];

const PROPOSED: &[Field] = &[
    text("名称", "单位名称"),
    text("组名", "单位所在的排名组，例如“镇街”"),
    text("得分", "当期得分"),
    text("位次", "在本组的位次，例如“20/21”"),
    text("理由", "列入的理由"),
];

const PROPOSALS: &[Field] = &[
    OFFICE,
    text("周期", "关账的周期，例如“2018年6月”"),
    text("呈送", "呈送审定的人"),
    text("计分办法", "计分办法的名称"),
    list("约谈单位", "建议约谈的单位", PROPOSED),
    text("约谈时间", "拟定的约谈时间，没有约谈时为空"),
    text("约谈地点", "拟定的约谈地点"),
    text("主持", "主持约谈的人"),
    list("批评单位", "建议通报批评的单位", PROPOSED),
    DATE,
];

const ANNUAL: &[Field] = &[
    OFFICE,
    NUMBER,
    text("年度", "例如“2018”"),
    text("主送", "主送机关"),
    text("计分办法", "计分办法的名称"),
    blocks("正文", "系统按全年数据写出的正文，包括各级标题"),
    list("先进单位", "建议表扬的单位", &[text("名称", "单位名称"), text("理由", "理由，可空")]),
    list("批评单位", "建议批评的单位", &[text("名称", "单位名称"), text("理由", "理由，可空")]),
    list("直报点", "建议取消直报点资格的单位", &[text("名称", "单位名称"), text("理由", "理由，可空")]),
    blocks("结尾", "下一年度的工作要求"),
    list(
        "排名组",
        "各排名组的年度得分表",
        &[
            text("组名", "例如“镇街”“A类”"),
            list(
                "单位",
                "按位次排列的单位",
                &[
                    text("位次", "在本组的位次"),
                    text("名称", "单位名称"),
                    text("报送篇数", "全年报送篇数"),
                    text("报送任务", "全年报送任务"),
                    text("采用篇数", "全年采用篇数"),
                    text("批示件数", "全年获批示件数"),
                    text("月度得分", "各月得分之和"),
                    text("年终加减", "年终加减分"),
                    text("总分", "年度总分"),
                ],
            ),
        ],
    ),
    SEAL,
    DATE,
    text("印发日期", "印发日期"),
    text("报", "报送的领导，末尾有句号"),
    text("发", "发至的单位，末尾有句号"),
    COPIES,
];

impl PaperKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Issue,
        Self::Bulletin,
        Self::FeedbackLetter,
        Self::InterviewNotice,
        Self::SolicitationNotice,
        Self::AdoptionNotice,
        Self::AnnualCircular,
        Self::UpwardReport,
        Self::Proposals,
        Self::SignInSheet,
    ];

    /// Its name, also the name of its template's file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issue => "刊物",
            Self::Bulletin => "采用情况通报",
            Self::FeedbackLetter => "反馈函",
            Self::InterviewNotice => "约谈通知",
            Self::SolicitationNotice => "约稿通知单",
            Self::AdoptionNotice => "告知函",
            Self::AnnualCircular => "年度考核通报",
            Self::UpwardReport => "上报稿",
            Self::Proposals => "约谈批评建议",
            Self::SignInSheet => "培训签到表",
        }
    }

    /// The same for an address: letters and hyphens.
    pub fn key(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Bulletin => "bulletin",
            Self::FeedbackLetter => "feedback-letter",
            Self::InterviewNotice => "interview-notice",
            Self::SolicitationNotice => "solicitation-notice",
            Self::AdoptionNotice => "adoption-notice",
            Self::AnnualCircular => "annual-circular",
            Self::UpwardReport => "upward-report",
            Self::Proposals => "proposals",
            Self::SignInSheet => "sign-in-sheet",
        }
    }

    /// The kind of that key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The text of the template built in: a beginning for an office's own.
    pub fn built_in_text(self) -> &'static str {
        match self {
            Self::Issue => include_str!("../papers/刊物.txt"),
            Self::Bulletin => include_str!("../papers/采用情况通报.txt"),
            Self::FeedbackLetter => include_str!("../papers/反馈函.txt"),
            Self::InterviewNotice => include_str!("../papers/约谈通知.txt"),
            Self::SolicitationNotice => include_str!("../papers/约稿通知单.txt"),
            Self::AdoptionNotice => include_str!("../papers/告知函.txt"),
            Self::AnnualCircular => include_str!("../papers/年度考核通报.txt"),
            Self::UpwardReport => include_str!("../papers/上报稿.txt"),
            Self::Proposals => include_str!("../papers/约谈批评建议.txt"),
            Self::SignInSheet => include_str!("../papers/培训签到表.txt"),
        }
    }

    /// The fields its template may use.
    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Self::Issue => ISSUE,
            Self::Bulletin => BULLETIN,
            Self::FeedbackLetter => FEEDBACK,
            Self::InterviewNotice => INTERVIEW,
            Self::SolicitationNotice => SOLICITATION,
            Self::AdoptionNotice => ADOPTION,
            Self::AnnualCircular => ANNUAL,
            Self::UpwardReport => UPWARD,
            Self::Proposals => PROPOSALS,
            Self::SignInSheet => SIGN_IN,
        }
    }
}

/// Papers from a template with made-up values, for an office to look at before it uses the template: name and paper.
/// An issue is shown as such, as short news, and as a proof sheet.
pub fn preview(template: &Template) -> Vec<(String, Paper)> {
    papers::samples(template)
}
