//! Made-up values for every kind of paper: an office looks at a template with them before it uses it.

use jiff::civil::date;
use tz_model::{IssueId, ItemCode, ItemId, OfficeTag};

use super::*;
use crate::parts::Block;

const OFFICE: &str = "滕州市人民政府办公室";
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
const DEPARTMENTS: [&str; 8] =
    ["市发改局", "市教育局", "市财政局", "市人社局", "市住建局", "市农业局", "市商务局", "市卫计局"];

/// The papers of a template with made-up values: name and paper.
pub(crate) fn samples(template: &Template) -> Vec<(String, Paper)> {
    let kind = template.kind();
    let one = |paper: Paper| vec![(kind.name().to_owned(), paper)];
    match kind {
        PaperKind::Issue => {
            let several = exchange();
            let news = news();
            let proof = Issue { number: IssueNumber::Proof, ..several.clone() };
            let mut single = Issue { name: "政情专报".into(), ..several.clone() };
            single.items.truncate(1);
            single.items[0].column = None;
            [("多篇稿件", several), ("单篇稿件", single), ("短讯", news), ("清样", proof)]
                .into_iter()
                .map(|(name, values)| (format!("{}（{name}）", kind.name()), issue(&values, template)))
                .collect()
        }
        PaperKind::Bulletin => one(bulletin(&monthly(), template)),
        PaperKind::FeedbackLetter => one(feedback_letter(&feedback(), template)),
        PaperKind::InterviewNotice => one(interview_notice(&interview(), template)),
        PaperKind::SolicitationNotice => one(solicitation_notice(&solicitation(), template)),
        PaperKind::AdoptionNotice => one(adoption_notice(&adoption(), template)),
        PaperKind::AnnualCircular => one(annual_circular(&annual(), template)),
        PaperKind::UpwardReport => one(upward_report(&upward(), template)),
        PaperKind::Proposals => one(proposals(&proposed(), template)),
        PaperKind::SignInSheet => one(sign_in_sheet(&training(), template)),
    }
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn number(number: u32) -> DocumentNumber {
    DocumentNumber { code: "滕政办字".into(), year: 2018, number }
}

fn contact() -> Contact {
    Contact { name: "张明".into(), phone: "0632-5550000".into() }
}

fn exchange() -> Issue {
    Issue {
        name: "政务信息交流".into(),
        notice: None,
        number: IssueNumber::Regular(47),
        total: Some(1286),
        office: OFFICE.into(),
        date: date(2018, 6, 29),
        form: ItemForm::Articles,
        items: vec![
            IssueItem {
                column: Some("经验亮点".into()),
                title: "滨湖镇多措并举做好夏粮收购工作".into(),
                paragraphs: vec![
                    "入夏以来，滨湖镇聚焦“颗粒归仓”，统筹3家粮站、12个收购点，累计收购小麦1.8万吨，做到应收尽收、优质优价，没有出现一起“卖粮难”。".into(),
                    Block::Heading1("提前备仓".into()),
                    "腾并仓容2万吨，检修设备46台（套），5月底前全部到位。".into(),
                    Block::Heading1("优化服务".into()),
                    "对种粮大户实行预约收购，平均等候时间缩短至20分钟；在各收购点公布价格、标准和监督电话，粮款当天结清。".into(),
                ],
                byline: Some("滨湖镇、市商务局".into()),
                code: code(3100),
            },
            IssueItem {
                column: Some("问题建议".into()),
                title: "企业反映项目审批环节仍需优化".into(),
                paragraphs: vec![
                    "部分企业反映，项目开工前需要向3个以上部门重复提交材料，平均多用时11个工作日。".into(),
                    "建议：推行一次告知、一表申请、并联审批，由牵头部门统一收件；对容缺事项实行告知承诺。".into(),
                ],
                byline: Some("张汪镇".into()),
                code: code(3108),
            },
        ],
        report_to: names(&["市委、市人大、市政府、市政协各位领导同志"]),
        send_to: names(&["市委办公室", "市人大常委会办公室", "市政协办公室"]),
        issue_to: names(&["各镇人民政府、各街道办事处", "市政府各部门"]),
        extra_to: Vec::new(),
        edited_by: "张明".into(),
        reviewed_by: "李华".into(),
        signed_by: "王强".into(),
        copies: Some(120),
    }
}

fn news() -> Issue {
    let one = |column: &str, title: &str, text: &str, byline: &str| IssueItem {
        column: Some(column.into()),
        title: title.into(),
        paragraphs: vec![text.into()],
        byline: Some(byline.into()),
        code: code(3200 + i64::try_from(title.len()).unwrap_or(0)),
    };
    Issue {
        name: "每日要情".into(),
        notice: Some("内部资料　注意保存".into()),
        number: IssueNumber::Regular(98),
        form: ItemForm::ShortNews,
        items: vec![
            one(
                "工作动态",
                "东沙河镇提前完成防汛物资储备",
                "全镇储备编织袋2.3万条、救生衣300件、抽水泵18台，组建抢险队伍21支526人。",
                "东沙河镇",
            ),
            one(
                "工作动态",
                "市教育局开展暑期校舍安全检查",
                "6个检查组利用3天时间检查学校86所，发现隐患41处，已整改37处，其余明确了责任人和时限。",
                "市教育局",
            ),
            one(
                "社情民意",
                "群众反映部分路段雨后积水",
                "荆河路与善国路交叉口、平行路南段雨后积水较深，群众希望尽快疏通管网、增设警示标志。",
                "荆河街道、龙泉街道",
            ),
        ],
        ..exchange()
    }
}

fn monthly() -> Bulletin {
    let rows = |units: &[&str], quota: u32| -> Vec<RankRow> {
        (1_u32..)
            .zip(units)
            .map(|(rank, unit)| RankRow {
                rank,
                unit: (*unit).to_owned(),
                submitted: (quota + 8).saturating_sub(rank / 2),
                quota,
                adopted: 6_u32.saturating_sub(rank / 3),
                points: 97_u32.saturating_sub(rank * 4).to_string(),
            })
            .collect()
    };
    Bulletin {
        office: OFFICE.into(),
        urgency: None,
        number: Some(BulletinNumber::Document(number(12))),
        title: format!("{OFFICE}关于2018年6月政务信息采用情况的通报"),
        addressees: "各镇人民政府、各街道办事处，市政府各部门，各大企业".into(),
        month_label: "6月份".into(),
        monthly: true,
        ruling: "R14".into(),
        paragraphs: vec![
            "根据《滕州市政务信息工作考核计分办法》，现将2018年6月政务信息报送和采用情况通报如下。".into(),
            Block::Heading1("总体情况".into()),
            "6月份，纳入考核的29个单位共报送政务信息412篇，当月报送任务290篇。各级刊物采用96篇次，获得领导批示5件次。".into(),
            Block::Heading1("得分情况".into()),
            "镇街（21个单位）：得分居前的是荆河街道（93分）、龙泉街道（89分）、北辛街道（85分）；位列后三位的是界河镇（21分）、龙阳镇（17分）、东郭镇（13分）。".into(),
        ],
        closing: vec![
            Block::Heading1("工作要求".into()),
            "各单位要对照报送任务，及时、准确、全面报送政务信息，坚持喜忧兼报，注重分析研判，提高信息质量。".into(),
        ],
        groups: vec![
            GroupTable { name: "镇街".into(), rows: rows(&TOWNS, 10) },
            GroupTable { name: "A类".into(), rows: rows(&DEPARTMENTS, 10) },
        ],
        adopted: vec![
            AdoptedRow {
                title: "滨湖镇多措并举做好夏粮收购工作".into(),
                unit: "滨湖镇、市商务局".into(),
                used_in: "《政务信息交流》第47期".into(),
                points: "10".into(),
            },
            AdoptedRow {
                title: "企业反映项目审批环节仍需优化".into(),
                unit: "张汪镇".into(),
                used_in: "《枣庄政务信息》第31期".into(),
                points: "15".into(),
            },
        ],
        corrections: vec![CorrectionRow {
            unit: "滨湖镇".into(),
            month: "2018年5月".into(),
            reason: "《防汛准备工作需要关注的几个问题》于5月30日被省政府办公厅普刊采用，6月12日查实".into(),
            points: "+20".into(),
        }],
        interviews: ["龙阳镇", "东郭镇"]
            .map(|unit| NamedUnit { unit: unit.into(), reason: "5月、6月连续两个月位列镇街后三位".into() })
            .into(),
        criticisms: Vec::new(),
        signature: Signature::Seal,
        date: date(2018, 7, 3),
        report_to: names(&["市委、市人大、市政府、市政协各位领导同志"]),
        issue_to: names(&["各镇街、市政府各部门主要负责同志"]),
        copies_to: Vec::new(),
        printed: date(2018, 7, 3),
    }
}

/// The code of an item of a made-up issue.
fn code(item: i64) -> Option<ItemCode> {
    Some(ItemCode { office: OfficeTag::of(467_000), issue: IssueId(1286), item: ItemId(item) })
}

fn upward() -> UpwardReport {
    let item = exchange().items.swap_remove(0);
    UpwardReport {
        office: OFFICE.into(),
        number: "上报〔2018〕12号".into(),
        to: "枣庄市人民政府办公室".into(),
        form: "枣庄普刊采用".into(),
        title: item.title,
        paragraphs: item.paragraphs,
        byline: "滨湖镇、市商务局".into(),
        edited_by: "张明".into(),
        signed_by: "王强".into(),
        date: date(2018, 6, 29),
        sent: true,
    }
}

fn feedback() -> FeedbackLetter {
    let month = |name: &str, submitted, points: &str, rank| FeedbackMonth {
        month: name.into(),
        submitted,
        quota: 10,
        adopted: 0,
        points: points.into(),
        rank,
        units: 21,
    };
    FeedbackLetter {
        office: OFFICE.into(),
        number: Some(DocumentNumber { code: "滕政办函".into(), year: 2018, number: 9 }),
        name: "滕州市政务信息工作反馈函".into(),
        unit: "龙阳镇".into(),
        head: "主要负责同志".into(),
        group: "镇街".into(),
        months: vec![month("2018年5月", 6, "0", 20), month("2018年6月", 7, "2", 20)],
        problems: vec![
            "报送任务没有完成。5月份少报4篇，6月份少报3篇，社情民意连续两个月没有报送。".into(),
            "信息质量不高。两个月共报送13篇，没有被各级刊物采用。".into(),
        ],
        answer_by: "7月20日".into(),
        contact: contact(),
        signature: Signature::Seal,
        date: date(2018, 7, 3),
        copies_to: names(&["市委组织部"]),
    }
}

fn interview() -> InterviewNotice {
    InterviewNotice {
        office: OFFICE.into(),
        number: Some(DocumentNumber { code: "滕政办函".into(), year: 2018, number: 10 }),
        unit: "龙阳镇".into(),
        reason: "5月、6月连续两个月位列镇街后三位".into(),
        time: "2018年7月18日（星期三）下午3时".into(),
        place: "市政府办公室第二会议室".into(),
        chair: "市政府办公室分管负责同志".into(),
        attendants: "单位主要负责同志、分管负责同志和信息工作机构负责人".into(),
        prepare: names(&["5月、6月政务信息报送情况说明；", "主要问题和原因分析；", "下一步改进措施和时间安排。"]),
        answer_by: "7月13日".into(),
        contact: contact(),
        signature: Signature::Seal,
        date: date(2018, 7, 9),
    }
}

fn proposed() -> Proposals {
    let unit = |name: &str, points: &str, rank: &str, reason: &str| ProposedUnit {
        unit: name.into(),
        group: "镇街".into(),
        points: points.into(),
        rank: rank.into(),
        reason: reason.into(),
    };
    Proposals {
        office: OFFICE.into(),
        period: "2018年6月".into(),
        to: "市政府办公室分管负责同志".into(),
        scheme: "滕州市政务信息工作考核计分办法".into(),
        interviews: vec![
            unit("龙阳镇", "2", "20/21", "5月、6月连续两个月位列镇街后三位"),
            unit("东郭镇", "0", "21/21", "4月、5月、6月连续三个月位列镇街后三位"),
        ],
        time: "2018年7月18日（星期三）下午3时".into(),
        place: "市政府办公室第二会议室".into(),
        chair: "市政府办公室分管负责同志".into(),
        criticisms: vec![unit("东郭镇", "0", "21/21", "4月、5月、6月连续三个月位列镇街后三位")],
        date: date(2018, 7, 3),
    }
}

fn solicitation() -> SolicitationNotice {
    let topic = |title: &str, requirements: &str, words: &str, deadline: &str| SolicitedTopic {
        title: title.into(),
        requirements: requirements.into(),
        words: words.into(),
        deadline: deadline.into(),
        contact: "张明 0632-5550000".into(),
    };
    SolicitationNotice {
        office: OFFICE.into(),
        number: "约〔2018〕7号".into(),
        units: names(&["滨湖镇", "张汪镇", "市农业局", "市商务局"]),
        topics: vec![
            topic(
                "夏粮收购进展、问题和建议",
                "反映收购进度、价格、仓容和农民意愿，有数据、有事例、有建议。",
                "1500字以内",
                "7月12日17时",
            ),
            topic(
                "高温天气对畜禽养殖的影响",
                "反映受灾面、损失和已采取的措施，提出需要上级帮助解决的问题。",
                "1000字以内",
                "7月16日17时",
            ),
        ],
        mailbox: "xinxike@tengzhou.example".into(),
        date: date(2018, 7, 5),
    }
}

fn training() -> SignInSheet {
    let one = |unit: &str, name: &str, phone: &str, note: &str| Expected {
        unit: unit.into(),
        name: name.into(),
        phone: phone.into(),
        note: note.into(),
    };
    let mut expected = vec![
        one("滨湖镇", "王静", "0632-5550101", ""),
        one("张汪镇", "李强", "0632-5550102", "已签到"),
        one("市商务局", "", "", ""),
    ];
    expected.extend(TOWNS.iter().map(|town| one(town, "", "", "")));
    SignInSheet {
        office: OFFICE.into(),
        name: "第二季度信息业务培训".into(),
        day: date(2018, 6, 14),
        place: "市政府三楼会议室".into(),
        content: "信息选题和写作，报送系统使用，上一阶段退稿原因分析。".into(),
        expected,
        date: date(2018, 6, 13),
    }
}

fn adoption() -> AdoptionNotice {
    let one = |title: &str, used_in: &str, date: &str, form: &str, points: &str| NoticedAdoption {
        title: title.into(),
        used_in: used_in.into(),
        date: date.into(),
        form: form.into(),
        points: points.into(),
    };
    AdoptionNotice {
        office: OFFICE.into(),
        number: Some(DocumentNumber { code: "滕政办函".into(), year: 2018, number: 11 }),
        unit: "滨湖镇".into(),
        adoptions: vec![
            one("滨湖镇多措并举做好夏粮收购工作", "《政务信息交流》第47期", "6月29日", "独编", "10"),
            one("微山湖禁渔期渔民转产就业需要关注的问题", "《枣庄政务信息》第31期", "6月27日", "综合", "15"),
        ],
        total: "25".into(),
        comments: names(&["《微山湖禁渔期渔民转产就业需要关注的问题》获枣庄市政府领导批示，另计30分。"]),
        signature: Signature::Seal,
        date: date(2018, 7, 3),
    }
}

fn annual() -> AnnualCircular {
    let rows = |units: &[&str], quota: u32| -> Vec<AnnualRow> {
        (1_u32..)
            .zip(units)
            .map(|(rank, unit)| {
                let monthly = 960_u32.saturating_sub(rank * 31);
                let (annual, total) = if rank % 5 == 0 { (-10, monthly - 10) } else { (20, monthly + 20) };
                AnnualRow {
                    rank,
                    unit: (*unit).to_owned(),
                    submitted: quota * 12 + 60 - rank,
                    quota: quota * 12,
                    adopted: 80 - rank,
                    comments: 9_u32.saturating_sub(rank / 2),
                    monthly: monthly.to_string(),
                    annual: annual.to_string(),
                    total: total.to_string(),
                }
            })
            .collect()
    };
    let named = |unit: &str, reason: &str| NamedUnit { unit: unit.into(), reason: reason.into() };
    AnnualCircular {
        office: OFFICE.into(),
        number: Some(DocumentNumber { code: "滕政办字".into(), year: 2019, number: 3 }),
        year: 2018,
        addressees: "各镇人民政府、各街道办事处，市政府各部门，各大企业".into(),
        scheme: "滕州市政务信息工作考核计分办法".into(),
        paragraphs: vec![
            Block::Heading1("总体情况".into()),
            "2018年，纳入考核的29个单位共报送政务信息4820篇，各级刊物采用1126篇次，获得领导批示63件次，圆满完成枣庄市下达的任务。".into(),
            Block::Heading1("主要特点".into()),
            "问题建议类信息明显增多，报送质量稳步提高；各直报点发挥了源头活水作用。".into(),
        ],
        praised: vec![named("荆河街道", "全年总分位列镇街第一位"), named("市发改局", "全年总分位列A类第一位")],
        criticised: vec![named("东郭镇", "连续三个月位列镇街后三位")],
        lost_points: vec![named("柴胡店镇", "全年总分位列直报点后两位"), named("张汪镇", "全年总分位列直报点后两位")],
        closing: vec![
            Block::Heading1("下一步要求".into()),
            "各单位要认真总结经验，查找不足，健全信息工作网络，不断提高政务信息工作水平。".into(),
        ],
        groups: vec![
            AnnualGroup { name: "镇街".into(), rows: rows(&TOWNS, 10) },
            AnnualGroup { name: "A类".into(), rows: rows(&DEPARTMENTS, 10) },
        ],
        signature: Signature::Seal,
        date: date(2019, 1, 15),
        printed: date(2019, 1, 15),
        report_to: names(&["市委、市人大、市政府、市政协各位领导同志"]),
        issue_to: names(&["各镇街、市政府各部门主要负责同志"]),
        copies_to: Vec::new(),
    }
}
