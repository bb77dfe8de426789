//! A June for the tests: made-up figures in the shape of the notice's four ranking groups.

use jiff::civil::date;
use tz_docs::{
    AdoptedRow, Block, Bulletin, BulletinNumber, CorrectionRow, DocumentNumber, GroupTable, Issue, IssueItem,
    IssueNumber, ItemForm, NamedUnit, RankRow, Signature,
};

const TOWNS: [&str; 21] = [
    "荆河街道",
    "龙泉街道",
    "北辛街道",
    "善南街道",
    "东沙河镇",
    "洪绪镇",
    "南沙河镇",
    "大坞镇",
    "滨湖镇",
    "级索镇",
    "西岗镇",
    "姜屯镇",
    "鲍沟镇",
    "张汪镇",
    "官桥镇",
    "柴胡店镇",
    "羊庄镇",
    "木石镇",
    "界河镇",
    "龙阳镇",
    "东郭镇",
];

pub fn rows(units: impl IntoIterator<Item = String>, quota: u32) -> Vec<RankRow> {
    (1..)
        .zip(units)
        .map(|(rank, unit)| RankRow {
            rank,
            unit,
            submitted: quota + 3,
            quota,
            adopted: 2,
            points: if rank == 1 { "62".into() } else { "−5".into() },
        })
        .collect()
}

pub fn bulletin() -> Bulletin {
    Bulletin {
        office: "滕州市人民政府办公室".into(),
        urgency: None,
        number: Some(BulletinNumber::Document(DocumentNumber { code: "滕政办字".into(), year: 2018, number: 12 })),
        title: "关于2018年6月份全市政务信息采用情况的通报".into(),
        addressees: "各镇人民政府、各街道办事处，市政府各部门，各大企业".into(),
        month_label: "6月份".into(),
        monthly: true,
        ruling: "R14".into(),
        paragraphs: vec![
            "2018年6月份，各级各部门围绕市委、市政府中心工作，积极报送政务信息。现将有关情况通报如下。".into(),
            Block::Heading1("总体情况".into()),
            "全市103个单位共报送政务信息1236篇，采用206篇，其中国务院办公厅采用2篇、省政府办公厅采用8篇、枣庄市政府办公室采用\
             46篇；“短实新活”的信息明显增多，获市级以上领导批示5件次。"
                .into(),
            Block::Heading1("主要特点".into()),
            Block::Heading2("问题类信息增多".into()),
            "共报送问题建议142篇，比上月增加31篇，采用率为18％。".into(),
            Block::Heading2("镇街报送均衡".into()),
            "21个镇街全部完成当月报送任务。".into(),
        ],
        closing: Vec::new(),
        groups: vec![
            GroupTable { name: "镇街".into(), rows: rows(TOWNS.map(String::from), 10) },
            GroupTable { name: "A类".into(), rows: rows((1..=31).map(|n| format!("甲部门{n}")), 10) },
            GroupTable { name: "B类".into(), rows: rows((1..=31).map(|n| format!("乙部门{n}")), 6) },
            GroupTable { name: "C类".into(), rows: rows((1..=20).map(|n| format!("丙部门{n}")), 3) },
        ],
        adopted: vec![
            AdoptedRow {
                title: "滨湖镇多措并举做好夏粮收购工作".into(),
                unit: "滨湖镇".into(),
                used_in: "枣庄政务信息第31期".into(),
                points: "15".into(),
            },
            AdoptedRow {
                title: "企业反映 A&B<C> 类项目审批环节仍需优化".into(),
                unit: "市商务局、张汪镇".into(),
                used_in: "政务信息交流第12期".into(),
                points: "10".into(),
            },
        ],
        corrections: vec![CorrectionRow {
            unit: "滨湖镇".into(),
            month: "2018年5月".into(),
            reason: "《防汛准备工作需要关注的几个问题》于5月30日被省政府办公厅普刊采用，6月12日查实".into(),
            points: "+20".into(),
        }],
        interviews: vec![
            NamedUnit { unit: "龙阳镇".into(), reason: "5月、6月连续两个月位列镇街后三位".into() },
            NamedUnit { unit: "东郭镇".into(), reason: "5月、6月连续两个月位列镇街后三位".into() },
        ],
        criticisms: vec![NamedUnit { unit: "东郭镇".into(), reason: "连续三个月位列镇街后三位".into() }],
        signature: Signature::NoSeal,
        date: date(2018, 7, 3),
        report_to: vec!["市长、副市长".into()],
        issue_to: vec!["各镇人民政府、各街道办事处".into(), "市政府各部门、各大企业".into()],
        copies_to: vec![
            "市委办公室".into(),
            "市人大常委会办公室".into(),
            "市政协办公室".into(),
            "市监委".into(),
            "市法院".into(),
            "市检察院".into(),
        ],
        printed: date(2018, 7, 3),
    }
}

/// A bulletin with nothing but what must be there.
pub fn bare() -> Bulletin {
    Bulletin {
        groups: Vec::new(),
        adopted: Vec::new(),
        corrections: Vec::new(),
        interviews: Vec::new(),
        criticisms: Vec::new(),
        report_to: Vec::new(),
        issue_to: Vec::new(),
        copies_to: Vec::new(),
        ..bulletin()
    }
}

pub fn issue() -> Issue {
    Issue {
        name: "政务信息交流".into(),
        notice: None,
        number: IssueNumber::Regular(47),
        total: Some(1286),
        office: "滕州市人民政府办公室".into(),
        date: date(2018, 6, 29),
        form: ItemForm::Articles,
        items: vec![
            IssueItem {
                column: Some("经验亮点".into()),
                title: "滨湖镇多措并举做好夏粮收购工作".into(),
                paragraphs: vec![
                    "入夏以来，滨湖镇聚焦“颗粒归仓”，统筹3家粮站、12个收购点，累计收购小麦1.8万吨。".into(),
                    Block::Heading1("提前备仓".into()),
                    "腾并仓容2万吨，检修设备46台（套）。".into(),
                    "对种粮大户实行预约收购，平均等候时间缩短至20分钟。".into(),
                ],
                byline: Some("滨湖镇、市商务局".into()),
                code: None,
            },
            IssueItem {
                column: Some("问题建议".into()),
                title: "企业反映项目审批环节仍需优化".into(),
                paragraphs: vec!["部分企业反映，项目开工前需重复提交材料，建议推行一次告知、并联审批。".into()],
                byline: Some("张汪镇".into()),
                code: None,
            },
        ],
        report_to: vec!["市长、副市长".into()],
        send_to: vec!["市委办公室".into(), "市人大常委会办公室".into()],
        issue_to: vec!["各镇街、市政府各部门".into()],
        extra_to: Vec::new(),
        edited_by: "张明".into(),
        reviewed_by: "李华".into(),
        signed_by: "王强".into(),
        copies: Some(120),
    }
}

/// The proof sheet of [`issue`].
pub fn proof() -> Issue {
    Issue { number: IssueNumber::Proof, total: None, ..issue() }
}

/// Short news in which each item is one paragraph of so many characters.
pub fn news(items: usize, characters: usize) -> Issue {
    let text: String = "针对群众反映较多的问题，该单位逐项研究办法，明确任务、时限和责任人，"
        .chars()
        .cycle()
        .take(characters)
        .collect();
    let item = |number: usize| IssueItem {
        column: Some("工作动态".into()),
        title: format!("单位{number}召开推进会"),
        paragraphs: vec![text.as_str().into()],
        byline: Some(format!("署名{number}号")),
        code: None,
    };
    Issue { form: ItemForm::ShortNews, items: (1..=items).map(item).collect(), ..issue() }
}

/// Papers in the built-in wording.
pub mod paper {
    use tz_docs::{Bulletin, Issue, Paper, PaperKind, Template};

    pub fn bulletin(bulletin: &Bulletin) -> Paper {
        tz_docs::bulletin(bulletin, &Template::built_in(PaperKind::Bulletin))
    }

    pub fn issue(issue: &Issue) -> Paper {
        tz_docs::issue(issue, &Template::built_in(PaperKind::Issue))
    }
}

/// Papers in the built-in wording as DOCX.
pub mod docx {
    use tz_docs::{Bulletin, Issue};

    pub fn bulletin(bulletin: &Bulletin) -> Vec<u8> {
        super::paper::bulletin(bulletin).docx()
    }

    pub fn issue(issue: &Issue) -> Vec<u8> {
        super::paper::issue(issue).docx()
    }
}
