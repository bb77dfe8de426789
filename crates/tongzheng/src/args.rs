//! Arguments, checked. The parser is clap's; every word a person meets is Chinese.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::DateTime;
use tz_docs::PaperKind;
use tz_model::Month;

const HELP: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}\n";

/// 通政
#[derive(Parser)]
#[command(
    name = "tongzheng",
    about = "通政：政务信息的收稿、编发、考核系统。本系统不得存储、处理国家秘密。",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_help_heading = "命令",
    subcommand_value_name = "命令",
    next_help_heading = "选项",
    help_template = HELP,
    after_help = "每个命令后加 --help 可看它的用法，例如 tongzheng score --help。"
)]
struct Cli {
    #[arg(short = 'h', long, action = ArgAction::Help, help = "显示这份说明", global = true)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = ArgAction::Version, help = "显示版本")]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(about = "运行演示：一个有103个单位、一整年虚构数据的办公室", help_template = HELP, next_help_heading = "选项")]
    Demo(DemoOptions),
    #[command(about = "正式运行服务器", help_template = HELP, next_help_heading = "选项")]
    Serve(ServeOptions),
    #[command(about = "按计分办法给表格中的事实计分，每一分都有依据", help_template = HELP, next_help_heading = "选项")]
    Score(ScoreOptions),
    #[command(about = "事实表：生成空白工作簿", help_template = HELP, subcommand_help_heading = "命令", subcommand_value_name = "命令", next_help_heading = "选项")]
    Tables(TablesOptions),
    #[command(about = "计分办法：检查、打印、比较、试算", help_template = HELP, subcommand_help_heading = "命令", subcommand_value_name = "命令", next_help_heading = "选项")]
    Scheme(SchemeOptions),
    #[command(about = "文件模板：样本、写法说明、检查", help_template = HELP, subcommand_help_heading = "命令", subcommand_value_name = "命令", next_help_heading = "选项")]
    Papers(PapersOptions),
    #[command(about = "收稿：读入 .eml 文件、mbox 文件或 maildir 文件夹中的来信，以及直接给出的文档", help_template = HELP, next_help_heading = "选项")]
    Intake(IntakeOptions),
    #[command(about = "批示扫描件：读入一个文件夹中的扫描件，按稿件编码归到稿件", help_template = HELP, next_help_heading = "选项")]
    Scans(ScansOptions),
    #[command(about = "内网发布：把通报和刊物生成一个静态网页文件夹", help_template = HELP, next_help_heading = "选项")]
    Intranet(IntranetOptions),
    #[command(hide = true, about = "读取进程：由服务自行启动，按要求读取来信和附件", help_template = HELP)]
    ReadOne,
    #[command(about = "计分表：按当时的事实和办法重新计算并逐字节核对", help_template = HELP, subcommand_help_heading = "命令", subcommand_value_name = "命令", next_help_heading = "选项")]
    Statement(StatementOptions),
    #[command(about = "核验全部数据：来信、稿件、台账、计分表、审计记录", help_template = HELP, next_help_heading = "选项")]
    Verify(VerifyOptions),
}

/// Where the data is.
#[derive(Args, Clone)]
pub(crate) struct Place {
    #[arg(
        long,
        value_name = "文件夹",
        default_value = "tongzheng-data",
        help = "数据文件夹，默认为当前文件夹下的 tongzheng-data",
        hide_default_value = true
    )]
    pub data: PathBuf,
    #[arg(
        long,
        value_name = "地址",
        env = "TONGZHENG_DATABASE",
        hide_env = true,
        help = "改用 PostgreSQL 数据库，例如 postgres://用户@主机/库名，也可由环境变量 TONGZHENG_DATABASE 给出"
    )]
    pub database: Option<String>,
    #[arg(long, value_name = "时刻", value_parser = drill_moment, help = "演练：当作从这个时刻开始，例如 2018-06-30T09:00，每页都会注明")]
    pub drill_from: Option<Timestamp>,
}

// What a value should look like is said by the error of its reader: clap's own reasons are English.

/// A moment of the office's wall clock.
fn drill_moment(text: &str) -> Result<Timestamp, String> {
    let wanted = || "应当写成 2018-06-30T09:00 这样的时刻".to_owned();
    let at: DateTime = text.parse().map_err(|_| wanted())?;
    tz_model::moment_in_shanghai(at).ok_or_else(wanted)
}

/// Where to listen.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "应当写成 127.0.0.1:8017 这样的地址和端口，端口不大于65535".to_owned())
}

/// A year.
fn year(text: &str) -> Result<i16, String> {
    let year = text.parse().ok().filter(|year| (1900..=2999).contains(year));
    year.ok_or_else(|| "应当是 1900 至 2999 之间的年份，例如 2018".to_owned())
}

/// A month.
fn month(text: &str) -> Result<Month, String> {
    text.parse().map_err(|_| "应当写成 2018-06 这样的月份".to_owned())
}

#[derive(Args)]
pub(crate) struct DemoOptions {
    #[arg(
        long,
        value_name = "地址",
        value_parser = listen_address,
        default_value = "127.0.0.1:8018",
        hide_default_value = true,
        help = "监听地址，默认 127.0.0.1:8018"
    )]
    pub listen: SocketAddr,
    #[arg(long, value_name = "文件夹", help = "把演示数据放在这个文件夹并保留；不写则用临时文件夹，退出即删")]
    pub data: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct IntranetOptions {
    #[arg(value_name = "文件夹", help = "写到哪个文件夹：空的，或上一次生成的，整个替换")]
    pub out: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub place: Place,
    #[arg(
        long,
        value_name = "地址",
        value_parser = listen_address,
        default_value = "127.0.0.1:8017",
        hide_default_value = true,
        help = "监听地址，默认 127.0.0.1:8017"
    )]
    pub listen: SocketAddr,
    #[arg(long, help = "前面有提供 HTTPS 的反向代理；监听本机以外的地址时必须写上")]
    pub behind_proxy: bool,
    #[arg(
        long,
        value_name = "文件夹",
        help = "批示扫描件的文件夹，每分钟看一次，新放入的自动收入；其中的文件不会被改动"
    )]
    pub scans: Option<PathBuf>,
    #[arg(
        long,
        value_name = "文件夹",
        help = "内网发布的文件夹，启动时和每次刊发、撤回、关账之后自动重新生成；其中的内容会被整个替换"
    )]
    pub intranet: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct PapersOptions {
    #[command(subcommand)]
    pub command: PapersCommand,
}

#[derive(Subcommand)]
pub(crate) enum PapersCommand {
    #[command(about = "用虚构的内容生成各种文件的样本：DOCX、PDF 和表格的 XLSX", help_template = HELP, next_help_heading = "选项")]
    Sample {
        #[arg(
            value_name = "文件夹",
            help = "样本放在这个文件夹，没有时新建；其中的同名文件不会被覆盖",
            help_heading = "参数"
        )]
        out: PathBuf,
        #[arg(long, value_name = "文种", value_parser = paper_kind, help = "只生成这一种，例如 反馈函")]
        kind: Option<PaperKind>,
        #[arg(
            long,
            value_name = "文件",
            requires = "kind",
            help = "用这个模板文件，不用内置的；须同时用 --kind 指明文种"
        )]
        template: Option<PathBuf>,
    },
    #[command(about = "打印内置模板，供修改", help_template = HELP, next_help_heading = "选项")]
    Template {
        #[arg(value_name = "文种", value_parser = paper_kind, help = "例如 反馈函", help_heading = "参数")]
        kind: PaperKind,
    },
    #[command(about = "打印模板的写法和可用的字段", help_template = HELP, next_help_heading = "选项")]
    Guide {
        #[arg(value_name = "文种", value_parser = paper_kind, help = "例如 反馈函", help_heading = "参数")]
        kind: PaperKind,
    },
    #[command(about = "检查模板文件，列出全部差错及其行和列", help_template = HELP, next_help_heading = "选项")]
    Check {
        #[arg(value_name = "文种", value_parser = paper_kind, help = "例如 反馈函", help_heading = "参数")]
        kind: PaperKind,
        #[arg(value_name = "文件", help = "模板文件，UTF-8 文本", help_heading = "参数")]
        file: PathBuf,
    },
}

/// A kind of paper by its name.
fn paper_kind(text: &str) -> Result<PaperKind, String> {
    PaperKind::named(text).ok_or_else(|| {
        let near = tz_model::nearest(text, PaperKind::ALL.map(PaperKind::name));
        let near = near.map(|near| format!("，您是不是想写“{near}”")).unwrap_or_default();
        format!("应当是{}之一{near}", PaperKind::ALL.map(PaperKind::name).join("、"))
    })
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For the terminal.
    Table,
    /// As tables.md says.
    Json,
    /// A workbook.
    Xlsx,
}

#[derive(Args)]
pub(crate) struct ScoreOptions {
    #[arg(long, value_name = "路径", help = "事实表：一个 .xlsx 工作簿，或放有各表 .csv 的文件夹")]
    pub tables: PathBuf,
    #[arg(
        long,
        value_name = "办法",
        default_value = "tengzhou-2018",
        hide_default_value = true,
        help = "计分办法：文件路径或内置编号，默认 tengzhou-2018"
    )]
    pub scheme: String,
    #[arg(long, value_name = "年份", value_parser = year, help = "年份，例如 2018")]
    pub year: i16,
    #[arg(long, value_name = "周期", help = "只算到这一期，例如 2018-06、2018-Q2")]
    pub through: Option<String>,
    #[arg(
        long,
        value_name = "格式",
        value_enum,
        default_value = "table",
        hide_default_value = true,
        hide_possible_values = true,
        help = "输出格式：table（默认）、json 或 xlsx"
    )]
    pub format: Format,
    #[arg(long, value_name = "文件", help = "写入文件；xlsx 格式必须写明")]
    pub out: Option<PathBuf>,
    #[arg(long, help = "跳过有差错的行，并把它们列在结果之后")]
    pub skip_bad_rows: bool,
}

#[derive(Args)]
pub(crate) struct TablesOptions {
    #[command(subcommand)]
    pub command: TablesCommand,
}

#[derive(Subcommand)]
pub(crate) enum TablesCommand {
    #[command(about = "生成空白工作簿：单位已填好，名称可下拉选择，每表有一行示例", help_template = HELP, next_help_heading = "选项")]
    Template {
        #[arg(value_name = "文件.xlsx", help = "要生成的文件，已有同名文件时不会覆盖", help_heading = "参数")]
        out: PathBuf,
        #[arg(
            long,
            value_name = "办法",
            default_value = "tengzhou-2018",
            hide_default_value = true,
            help = "计分办法：文件路径或内置编号，默认 tengzhou-2018"
        )]
        scheme: String,
    },
}

#[derive(Args)]
pub(crate) struct SchemeOptions {
    #[command(subcommand)]
    pub command: SchemeCommand,
}

#[derive(Subcommand)]
pub(crate) enum SchemeCommand {
    #[command(about = "检查计分办法文件，一次指出全部差错", help_template = HELP, next_help_heading = "选项")]
    Check {
        #[arg(value_name = "办法", help = "文件路径或内置编号", help_heading = "参数")]
        scheme: String,
    },
    #[command(about = "把计分办法印成一张表：条款、原文、分值、理解", help_template = HELP, next_help_heading = "选项")]
    Show {
        #[arg(
            value_name = "办法",
            default_value = "tengzhou-2018",
            hide_default_value = true,
            help = "文件路径或内置编号，默认 tengzhou-2018",
            help_heading = "参数"
        )]
        scheme: String,
    },
    #[command(about = "比较两个计分办法，逐句说明有什么变动", help_template = HELP, next_help_heading = "选项")]
    Diff {
        #[arg(value_name = "原办法", help = "文件路径或内置编号", help_heading = "参数")]
        old: String,
        #[arg(value_name = "新办法", help = "文件路径或内置编号", help_heading = "参数")]
        new: String,
    },
    #[command(about = "试算：同样的事实，按两个办法各算一遍，看谁加分谁减分", help_template = HELP, next_help_heading = "选项")]
    Try(TrialOptions),
    #[command(about = "输出编辑器用的 JSON Schema，编写时提示项名和取值", help_template = HELP, next_help_heading = "选项")]
    Schema {
        #[arg(long, value_name = "文件", help = "写入文件；不写则输出到屏幕")]
        out: Option<PathBuf>,
    },
    #[command(about = "列出内置的计分办法", help_template = HELP, next_help_heading = "选项")]
    List,
}

/// How a trial is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrialFormat {
    /// For the terminal.
    Table,
    /// For other programs.
    Json,
}

#[derive(Args)]
pub(crate) struct TrialOptions {
    #[arg(long, value_name = "路径", help = "事实表：一个 .xlsx 工作簿，或放有各表 .csv 的文件夹")]
    pub tables: PathBuf,
    #[arg(long, value_name = "办法", help = "要试的新办法：文件路径或内置编号")]
    pub against: String,
    #[arg(
        long,
        value_name = "办法",
        default_value = "tengzhou-2018",
        hide_default_value = true,
        help = "现行办法：文件路径或内置编号，默认 tengzhou-2018"
    )]
    pub scheme: String,
    #[arg(long, value_name = "年份", value_parser = clap::value_parser!(i16).range(1900..=2999), help = "年份，例如 2018")]
    pub year: i16,
    #[arg(long, value_name = "周期", help = "只算到这一期，例如 2018-06、2018-Q2")]
    pub through: Option<String>,
    #[arg(
        long,
        value_name = "格式",
        value_enum,
        default_value = "table",
        hide_default_value = true,
        hide_possible_values = true,
        help = "输出格式：table（默认）或 json"
    )]
    pub format: TrialFormat,
    #[arg(long, value_name = "文件", help = "写入文件")]
    pub out: Option<PathBuf>,
    #[arg(long, help = "跳过有差错的行，并把它们列在结果之后")]
    pub skip_bad_rows: bool,
}

#[derive(Args)]
pub(crate) struct IntakeOptions {
    #[arg(
        value_name = "路径",
        required = true,
        help = ".eml 文件、mbox 文件、maildir 文件夹、docx、wps、pdf、ofd 等文档，或放有这些文件的文件夹，可写多个",
        help_heading = "参数"
    )]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args)]
pub(crate) struct ScansOptions {
    #[arg(
        value_name = "文件夹",
        help = "放有扫描件（PDF、JPG、PNG、TIFF）的文件夹，其中的文件不会被改动",
        help_heading = "参数"
    )]
    pub folder: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args)]
pub(crate) struct StatementOptions {
    #[command(subcommand)]
    pub command: StatementCommand,
}

#[derive(Subcommand)]
pub(crate) enum StatementCommand {
    #[command(about = "重新计算已关账月份的计分表和通报，逐字节核对", help_template = HELP, next_help_heading = "选项")]
    Verify {
        #[arg(value_name = "月份", value_parser = month, help = "只核对这个月，例如 2018-06；不写则核对全部", help_heading = "参数")]
        month: Option<Month>,
        #[command(flatten)]
        place: Place,
    },
    #[command(about = "生成签名密钥，以后关账的计分表都用它签名", help_template = HELP, next_help_heading = "选项")]
    Key {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub(crate) struct VerifyOptions {
    #[command(flatten)]
    pub place: Place,
}

/// What to do instead of a command.
pub(crate) enum Instead {
    /// Print and exit 0.
    Print(String),
    /// Exit 2 with these sentences.
    Fault(Vec<String>),
}

/// The command of a command line.
pub(crate) fn read(line: impl IntoIterator<Item = OsString>) -> Result<Command, Instead> {
    let matches = Cli::command().try_get_matches_from(line).map_err(|error| instead(&error))?;
    Cli::from_arg_matches(&matches).map(|cli| cli.command).map_err(|error| instead(&error))
}

/// clap's finding as a Chinese sentence.
fn instead(error: &clap::Error) -> Instead {
    let text = |kind: ContextKind| -> String {
        match error.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            Some(ContextValue::Strings(texts)) => texts.join("、"),
            Some(ContextValue::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    };
    let near = |kind: ContextKind| match text(kind) {
        near if near.is_empty() => String::new(),
        near => format!("您是不是想写“{near}”？"),
    };
    let what = text(ContextKind::InvalidArg);
    let sentence = match error.kind() {
        ErrorKind::DisplayHelp => {
            let shown = error.render().to_string();
            let chinese = [
                ("Usage: ", ""),
                ("[OPTIONS]", "[选项]"),
                ("<COMMAND>", "<命令>"),
                ("\n命令:", "\n命令："),
                ("\n选项:", "\n选项："),
                ("\n参数:", "\n参数："),
            ];
            return Instead::Print(chinese.iter().fold(shown, |shown, (from, to)| shown.replace(from, to)));
        }
        ErrorKind::DisplayVersion => return Instead::Print(format!("通政 {}\n", env!("CARGO_PKG_VERSION"))),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => missing_command(error),
        ErrorKind::InvalidSubcommand => format!(
            "没有“{}”这个命令。{}tongzheng --help 列出全部命令。",
            text(ContextKind::InvalidSubcommand),
            near(ContextKind::SuggestedSubcommand)
        ),
        ErrorKind::UnknownArgument => {
            format!("不认识“{what}”。{}请用 --help 查看用法。", near(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue);
            if value.is_empty() {
                format!("“{what}”后面缺少内容。请用 --help 查看用法。")
            } else {
                let known = text(ContextKind::ValidValue);
                let wanted = std::error::Error::source(error).map(|reason| format!("{reason}。"));
                let known =
                    if known.is_empty() { wanted.unwrap_or_default() } else { format!("可以写：{known}。") };
                format!("“{what}”不能是“{value}”。{known}请用 --help 查看用法。")
            }
        }
        ErrorKind::MissingRequiredArgument => format!("还缺少：{what}。请用 --help 查看用法。"),
        ErrorKind::ArgumentConflict => format!("“{what}”重复或与其他选项冲突，请只保留一个。"),
        ErrorKind::InvalidUtf8 => "命令行中有无法识别的字符，请改用 UTF-8 编码的终端。".to_owned(),
        _ => "命令写得不对。请用 --help 查看用法。".to_owned(),
    };
    Instead::Fault(vec![sentence])
}

/// Says which commands could follow where none does: clap puts the usage of the command at hand into its help.
fn missing_command(error: &clap::Error) -> String {
    let help = error.render().to_string();
    let (path, example) = if help.contains("tongzheng tables") {
        (" tables", "tongzheng tables template 空白.xlsx")
    } else if help.contains("tongzheng papers") {
        (" papers", "tongzheng papers sample 样本")
    } else if help.contains("tongzheng statement") {
        (" statement", "tongzheng statement verify")
    } else {
        ("", "tongzheng demo")
    };
    format!("请写明要做什么，例如 {example}。tongzheng{path} --help 列出全部命令。")
}
