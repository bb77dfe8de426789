//! Made-up items: titles and texts put together from our own templates. Nothing here happened.

use super::dice::Dice;

/// Something a unit can report on: what it is, where it shows, what is measured.
struct Topic {
    /// Units whose name holds one of these write about it; empty: any town.
    whose: &'static [&'static str],
    /// 项目
    name: &'static str,
    /// What was done, each a clause that can stand after 一是.
    steps: &'static [&'static str],
    /// What came of it; `#` stands for a number.
    results: &'static [&'static str],
    /// What hinders.
    troubles: &'static [&'static str],
}

const TOWNS: &[&str] = &["镇", "街道"];
const ANY: &[&str] = &[""];

const TOPICS: &[Topic] = &[
    Topic {
        whose: TOWNS,
        name: "马铃薯产业",
        steps: &[
            "统一供应脱毒种薯",
            "推广“公司+合作社+农户”订单种植",
            "建设田头冷库和分拣线",
            "组织技术员包片进村指导",
        ],
        results: &["种植面积达到#万亩", "亩均增收#元", "订单率提高到#%", "带动#户农户参与"],
        troubles: &["集中上市期价格波动大", "冷链仓储能力不足", "种薯补贴标准多年未变"],
    },
    Topic {
        whose: TOWNS,
        name: "农村人居环境整治",
        steps: &["划分网格落实“门前三包”", "清运积存垃圾", "改造旱厕并建立管护台账", "设立“红黑榜”按月评比"],
        results: &["清理“三大堆”#处", "完成改厕#户", "#个村通过市级验收", "聘用保洁员#名"],
        troubles: &["后期管护经费无固定来源", "部分村青壮年外出，日常保洁缺人", "污水管网未覆盖偏远自然村"],
    },
    Topic {
        whose: TOWNS,
        name: "网格化服务管理",
        steps: &[
            "把全镇划分为若干网格，每格配一名专职网格员",
            "群众诉求当天登记、三天回访",
            "建立“一事一档”台账",
            "每周召开网格例会研判",
        ],
        results: &["受理诉求#件，办结#件", "排查矛盾纠纷#起", "群众满意率#%", "办结时限缩短#天"],
        troubles: &["网格员待遇偏低，队伍不稳", "多个平台重复录入，基层负担重", "部门派单标准不一"],
    },
    Topic {
        whose: TOWNS,
        name: "农村集体经济",
        steps: &["清产核资摸清家底", "流转闲置土地建设大棚", "盘活旧校舍、旧厂房", "派驻“第一书记”帮助跑项目"],
        results: &["村均集体收入达到#万元", "消除空壳村#个", "流转土地#亩", "新建大棚#座"],
        troubles: &["部分村资源少、路子窄", "历史合同价格偏低、期限偏长", "缺少懂经营的带头人"],
    },
    Topic {
        whose: TOWNS,
        name: "防汛备汛",
        steps: &["排查河道、塘坝和地质灾害点", "补充编织袋、水泵等物资", "修订预案并组织演练", "实行二十四小时值班"],
        results: &["排查隐患#处，整改#处", "储备编织袋#万条", "组建抢险队伍#人", "转移安置演练#人次"],
        troubles: &["部分小塘坝年久失修", "城郊结合部排水标准低", "雨量监测点偏少"],
    },
    Topic {
        whose: TOWNS,
        name: "乡村旅游",
        steps: &["整合采摘园、民宿和湿地资源", "举办采摘节和徒步活动", "统一标识和接待标准", "与旅行社签订送客协议"],
        results: &["接待游客#万人次", "旅游收入#万元", "新增农家乐#家", "带动就业#人"],
        troubles: &["旺季停车难、如厕难", "产品同质化", "用地指标紧张"],
    },
    Topic {
        whose: &["经信", "商务", "投资", "开发区", "新区", "工业", "国有资产"],
        name: "机床产业升级",
        steps: &["组织企业组团参展", "推动企业与高校共建研发中心", "设立技改贷款贴息", "开展供需对接会"],
        results: &["现场签约#亿元", "实施技改项目#个", "规模以上企业利润增长#%", "新增高新技术企业#家"],
        troubles: &["核心零部件依赖外采", "技术工人缺口较大", "中小企业融资成本偏高"],
    },
    Topic {
        whose: &["环保", "综合行政执法", "住建", "规划", "建工", "湿地"],
        name: "大气污染防治",
        steps: &["对工地落实“六个百分之百”", "错峰开展道路洒水", "夜查渣土车", "在线监测重点排污单位"],
        results: &["优良天数同比增加#天", "立案查处#起", "淘汰小锅炉#台", "细颗粒物浓度下降#%"],
        troubles: &["散煤复燃风险仍在", "部分在建工地责任不落实", "外来输入影响较大"],
    },
    Topic {
        whose: &["教育", "中学", "学院", "滕州市第"],
        name: "校园安全",
        steps: &["排查校车、食堂和消防设施", "聘请法治副校长进课堂", "建立家校联动微信群", "暑期防溺水包保到人"],
        results: &["检查学校#所", "整改隐患#处", "培训安全员#名", "覆盖学生#万人"],
        troubles: &["个别民办园设施老化", "农村学校专职保安不足", "校门口交通拥堵"],
    },
    Topic {
        whose: &["卫计", "医院", "食药监", "残联", "民政"],
        name: "家庭医生签约服务",
        steps: &["组建镇村医生团队", "对老人、慢病患者分类管理", "推行“先诊疗后付费”", "开通转诊绿色通道"],
        results: &["签约居民#万人", "重点人群签约率#%", "上门服务#人次", "转诊#人次"],
        troubles: &["村医年龄偏大、后继乏人", "信息系统不互通", "签约后服务频次不够"],
    },
    Topic {
        whose: &["公安", "司法", "信访", "人防", "交通", "公路"],
        name: "道路交通安全",
        steps: &["治理超限超载", "在事故多发路口增设信号灯", "开展“一盔一带”宣传", "对客货运企业逐一约谈"],
        results: &["查处违法行为#起", "整治隐患路段#处", "事故起数下降#%", "宣传覆盖#人次"],
        troubles: &["农村路口视距不良", "电动三轮车管理缺少依据", "夜间照明不足"],
    },
    Topic {
        whose: &["财政", "国税", "地税", "审计", "金融", "统计", "人民银行", "物价", "调查队"],
        name: "减税降费落实",
        steps: &["逐户推送政策清单", "简并申报表单", "设立咨询专席", "对小微企业开展走访问需"],
        results: &["减免税费#万元", "惠及企业#户", "办税时间压缩#%", "走访企业#家"],
        troubles: &["部分企业财务人员不熟悉政策", "跨部门数据尚未共享", "地方财政收支平衡压力加大"],
    },
    Topic {
        whose: &["农业", "农机", "畜牧", "林业", "水利", "果树", "水产", "经管", "粮食", "农业开发", "供销"],
        name: "农业社会化服务",
        steps: &["组织农机合作社跨区作业", "推广土地托管", "开展病虫害统防统治", "建立质量追溯体系"],
        results: &["托管土地#万亩", "亩均节本#元", "培训职业农民#人", "抽检合格率#%"],
        troubles: &["粮食烘干能力不足", "年轻机手缺乏", "农资价格上涨较快"],
    },
    Topic {
        whose: &["人社", "编办", "人才", "扶贫", "政务服务", "市场监管", "信息化"],
        name: "“一次办好”改革",
        steps: &["梳理高频事项清单", "推行容缺受理和帮办代办", "开通网上预约和邮寄送达", "建立“好差评”回访"],
        results: &["进驻事项#项", "平均办理时限压缩#%", "网上办件#件", "群众满意率#%"],
        troubles: &["个别部门系统未打通", "窗口人员流动频繁", "老年群众不会网上操作"],
    },
    Topic {
        whose: ANY,
        name: "安全生产大检查",
        steps: &["对重点企业逐一“过筛子”", "聘请专家查隐患", "建立问题整改销号台账", "组织员工应急演练"],
        results: &["检查单位#家", "发现隐患#处，整改#处", "约谈负责人#人", "培训#人次"],
        troubles: &["小微企业主体责任不落实", "基层监管力量薄弱", "老旧设备更新投入不足"],
    },
    Topic {
        whose: ANY,
        name: "重点项目建设",
        steps: &["实行一名负责同志、一套班子、一抓到底", "每周调度进度", "现场办公解决用水用电", "优化审批流程"],
        results: &["完成投资#亿元", "开工率#%", "解决问题#个", "新增用工#人"],
        troubles: &["个别地块拆迁进度慢", "冬季施工受限", "配套管网建设滞后"],
    },
    Topic {
        whose: ANY,
        name: "脱贫攻坚",
        steps: &["逐户核对信息", "发展特色种养项目", "落实教育、医疗、住房保障", "动员企业结对帮扶"],
        results: &["脱贫#户#人", "实施项目#个", "发放小额信贷#万元", "危房改造#户"],
        troubles: &["因病返贫风险仍在", "项目后期管理需加强", "部分群众自我发展能力弱"],
    },
    Topic {
        whose: ANY,
        name: "供水供电保障",
        steps: &["改造老旧管线", "对重点用户开展巡检", "公布二十四小时服务电话", "储备应急抢修物资"],
        results: &["改造管线#公里", "抢修#次", "报修平均用时缩短#分钟", "惠及居民#户"],
        troubles: &["老旧小区产权不清", "高峰期负荷偏紧", "二次供水设施管理不到位"],
    },
    Topic {
        whose: ANY,
        name: "政务公开",
        steps: &["按月公布办事清单", "开设咨询留言专栏", "邀请群众代表座谈", "及时回应热点问题"],
        results: &["公开信息#条", "答复留言#条", "召开座谈会#次", "按期答复率#%"],
        troubles: &["部分内容专业性强、群众看不懂", "更新不够及时", "线下公开栏维护不到位"],
    },
    Topic {
        whose: ANY,
        name: "志愿服务",
        steps: &["组建巾帼、青年、银龄队伍", "按需发布服务清单", "建立积分兑换制度", "与社区签订共建协议"],
        results: &["注册志愿者#人", "开展活动#场", "服务群众#人次", "兑换积分#万分"],
        troubles: &["活动经费来源单一", "志愿者流动大", "供需对接不够精准"],
    },
];

/// A made-up item.
pub(super) struct Made {
    pub title: String,
    pub body: String,
    /// A problem rather than good news (N3.2).
    pub worry: bool,
}

/// Puts numbers into `#`.
fn numbers(text: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter != '#' {
            out.push(letter);
            continue;
        }
        match rest.peek() {
            Some('%') => out.push_str(&format!("{}.{}", dice.between(3, 97), dice.between(1, 9))),
            Some('亿') => out.push_str(&format!("{}.{}", dice.between(1, 9), dice.between(1, 9))),
            Some('万') => out.push_str(&format!("{}.{}", dice.between(1, 36), dice.between(1, 9))),
            _ => out.push_str(&dice.between(6, 480).to_string()),
        }
    }
    out
}

fn topic(unit: &str, dice: &mut Dice) -> &'static Topic {
    let own: Vec<&Topic> = TOPICS
        .iter()
        .filter(|topic| topic.whose != ANY && topic.whose.iter().any(|part| unit.contains(part)))
        .collect();
    let common: Vec<&Topic> = TOPICS.iter().filter(|topic| topic.whose == ANY).collect();
    if !own.is_empty() && dice.chance(62) { own[dice.index(own.len())] } else { common[dice.index(common.len())] }
}

/// Two or three different members of a list.
fn some<'a>(of: &[&'a str], count: usize, dice: &mut Dice) -> Vec<&'a str> {
    let start = dice.index(of.len());
    (0..count.min(of.len())).map(|step| of[(start + step) % of.len()]).collect()
}

const ORDINALS: [&str; 4] = ["一是", "二是", "三是", "四是"];

/// An item of a category by a unit in a month.
pub(super) fn make(unit: &str, category: &str, month: i8, dice: &mut Dice) -> Made {
    let topic = topic(unit, dice);
    let name = topic.name;
    let steps = some(topic.steps, 3, dice);
    let result = |dice: &mut Dice| numbers(dice.pick(topic.results), dice);
    let season = ["一季度", "二季度", "三季度", "四季度"][usize::try_from((month - 1) / 3).unwrap_or(0)];
    let opening = match dice.between(0, 3) {
        0 => format!("今年以来，{unit}把{name}作为一项重点工作来抓"),
        1 => format!("进入{season}，{unit}围绕{name}集中发力"),
        2 => format!("{month}月份，{unit}召开专题会议研究{name}，明确任务、时限和责任人"),
        _ => format!("针对群众反映较多的问题，{unit}在{name}上下功夫"),
    };
    let listed = |dice: &mut Dice, long: bool| -> String {
        steps
            .iter()
            .zip(ORDINALS)
            .map(|(step, ordinal)| {
                let more = if long {
                    let added = numbers(dice.pick(topic.results), dice);
                    format!("坚持一周一调度、一月一通报，责任落实到岗到人。截至目前，{added}。")
                } else {
                    String::new()
                };
                format!("{ordinal}{step}。{more}")
            })
            .collect::<Vec<_>>()
            .join(if long { "\n" } else { "" })
    };
    match category {
        "经验亮点" => {
            let title = match dice.between(0, 2) {
                0 => format!("{unit}“{}”推进{name}", ["三个到位", "四步工作法", "一线工作法", "清单制"][dice.index(4)]),
                1 => format!("{unit}三举措做好{name}"),
                _ => format!("{unit}{name}做法见实效"),
            };
            let body = format!(
                "{opening}，{}，{}。\n{}\n下一步，{unit}将总结经验、完善制度，把行之有效的做法坚持下去，力争年底前在更大范围推开。",
                result(dice),
                result(dice),
                listed(dice, true)
            );
            Made { title, body, worry: false }
        }
        "调研分析" => {
            let title = format!("关于{unit}{name}情况的调研");
            let trouble = some(topic.troubles, 2, dice);
            let body = format!(
                "近期，{unit}采取实地查看、座谈走访、问卷调查等方式，对{name}情况进行了调研。\n一、基本情况。{}，{}，总体呈现稳中向好态势。\n二、主要做法。{}\n三、存在问题。主要是{}；{}。\n四、下步打算。建议加大政策支持力度，完善考核办法，强化部门协作，推动{name}再上新台阶。",
                result(dice),
                result(dice),
                listed(dice, false),
                trouble[0],
                trouble[trouble.len() - 1]
            );
            Made { title, body, worry: dice.chance(40) }
        }
        "问题建议" => {
            let trouble = dice.pick(topic.troubles);
            let title = match dice.between(0, 2) {
                0 => format!("{name}中“{trouble}”问题需引起关注"),
                1 => format!("{unit}反映{name}存在的问题及建议"),
                _ => format!("{trouble}应尽快研究解决"),
            };
            let body = format!(
                "{unit}反映，当前{name}取得一定成效，{}，但仍存在以下问题：{}。据对#个村（社区、企业）的了解，该情况较为普遍，影响工作进度。\n建议：一是由主管部门牵头，摸清底数，分类施策；二是在年度预算中安排专项资金，向基层倾斜；三是加强宣传引导，争取群众理解支持。",
                result(dice),
                some(topic.troubles, 3, dice).join("；")
            );
            Made { title, body: numbers(&body, dice), worry: true }
        }
        "社情民意" => {
            let trouble = dice.pick(topic.troubles);
            let title = format!("群众反映{name}有关问题");
            let body = format!(
                "近日，{unit}在走访中了解到，部分群众对{name}较为关注，集中反映{trouble}。有群众说，希望有关部门“多到现场看一看，把好事办实”。\n{unit}已登记有关诉求{}件，逐件回访。群众建议加快进度、公开标准、畅通渠道。",
                dice.between(5, 60)
            );
            Made { title, body, worry: true }
        }
        "工作动态" => {
            let figure = result(dice);
            let title = match dice.between(0, 3) {
                0 => format!("{unit}扎实推进{name}"),
                1 => format!("{unit}{figure}"),
                2 => format!("{unit}{name}取得新进展"),
                _ => format!("{unit}召开{name}推进会"),
            };
            let body = format!("{opening}。{}目前，{figure}，{}。", listed(dice, false), result(dice));
            Made { title, body, worry: false }
        }
        _ => {
            let title = format!("{unit}{name}有关情况");
            let body = format!("{opening}，{}。{}", result(dice), listed(dice, false));
            Made { title, body, worry: false }
        }
    }
}

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "孙", "马", "徐", "朱", "胡", "郭", "高", "林", "何", "宋", "郑", "韩",
    "冯", "秦", "孔", "满", "渠", "殷", "颜",
];
const GIVEN: &[&str] = &[
    "建国", "志强", "海燕", "晓明", "玉兰", "文博", "慧", "磊", "静", "雪梅", "鹏", "洪涛", "丽娟", "凯", "倩", "振华",
    "春雨", "明哲", "婷婷", "峰", "红霞", "立新", "思远", "广平",
];

/// A made-up person's name.
pub(super) fn name(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(SURNAMES), dice.pick(GIVEN))
}

/// Topics of solicitations.
pub(super) const SOLICITED: &[(&str, &str)] = &[
    ("春耕备耕情况", "请报送春耕备耕进度、农资储备、存在的困难和建议，不超过1500字。"),
    ("优化营商环境做法", "请报送本单位优化营商环境的主要做法、成效和企业反映的问题，不超过2000字。"),
    ("防汛准备情况", "请报送防汛组织、物资、预案和隐患整改情况，数据截至报送前一日。"),
    ("夏粮收购情况", "请报送收购进度、价格走势、农民反映和建议。"),
    ("安全生产隐患排查情况", "请报送排查整改数据、典型做法和需要上级解决的问题。"),
    ("重点项目建设进展", "请报送项目进度、完成投资和制约因素，附项目清单。"),
    ("脱贫攻坚经验做法", "请报送可复制推广的做法，突出数据和事例。"),
    ("秋季开学情况", "请报送开学组织、校园安全、大班额化解情况。"),
    ("冬季供暖保障情况", "请报送热源、管网、价格和群众诉求情况。"),
    ("农村人居环境整治情况", "请报送整治进度、长效机制和经费保障情况。"),
    ("企业用工情况", "请报送用工缺口、工资水平、招工难的原因和建议。"),
    ("节日市场供应情况", "请报送货源、价格、监管和值班情况。"),
];
