//! `tongzheng papers`: samples of every paper, the built-in templates, their language, and the check of an own one.

use std::path::Path;

use tz_app::FaceShelf;
use tz_docs::{PaperKind, Template, check_template, preview, template_guide};

use crate::args::{PapersCommand, PapersOptions};
use crate::faces::SystemFaces;
use crate::say::{self, Stop, file_fault};
use crate::score::write_whole;

pub(crate) fn run(options: &PapersOptions) -> Result<(), Stop> {
    match &options.command {
        PapersCommand::Sample { out, kind, template } => sample(out, *kind, template.as_deref()),
        PapersCommand::Template { kind } => say::result(|out| out.write_all(kind.built_in_text().as_bytes())),
        PapersCommand::Guide { kind } => say::result(|out| out.write_all(template_guide(*kind).as_bytes())),
        PapersCommand::Check { kind, file } => {
            read(*kind, file)?;
            say::out(&format!("“{}”没有差错，可以作为{}的模板。\n", file.display(), kind.name()));
            Ok(())
        }
    }
}

/// A template file, checked.
fn read(kind: PaperKind, file: &Path) -> Result<Template, Stop> {
    let text = std::fs::read_to_string(file).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::InvalidData => Stop::one(format!(
            "模板文件“{}”不是 UTF-8 文本。请在记事本中“另存为”，编码选 UTF-8，然后重试。",
            file.display()
        )),
        _ => file_fault("读取", file, &cause),
    })?;
    check_template(kind, &text)
        .map_err(|faults| Stop(faults.iter().map(|fault| format!("“{}”{fault}", file.display())).collect()))
}

fn sample(folder: &Path, kind: Option<PaperKind>, file: Option<&Path>) -> Result<(), Stop> {
    let templates: Vec<Template> = match (kind, file) {
        (Some(kind), Some(file)) => vec![read(kind, file)?],
        (Some(kind), None) => vec![Template::built_in(kind)],
        (None, _) => PaperKind::ALL.map(Template::built_in).into(),
    };
    std::fs::create_dir_all(folder).map_err(|cause| file_fault("建立", folder, &cause))?;
    let faces = SystemFaces::default().faces();
    let mut count = 0;
    for (name, paper) in templates.iter().flat_map(preview) {
        let mut files = vec![("docx", paper.docx())];
        if let Ok(faces) = &faces {
            files.push(("pdf", paper.pdf(faces).map_err(|unusable| Stop::one(unusable.to_string()))?.bytes));
        }
        files.extend(paper.workbook().map(|bytes| ("xlsx", bytes)));
        for (ending, bytes) in files {
            let path = folder.join(format!("{name}.{ending}"));
            if path.exists() {
                return Err(Stop::one(format!("文件“{}”已经存在，没有覆盖。请换一个文件夹。", path.display())));
            }
            write_whole(&path, |out| out.write_all(&bytes))?;
            count += 1;
        }
    }
    say::out(&format!("已在“{}”生成{count}个文件，内容都是虚构的。\n", folder.display()));
    if let Err(no_face) = faces {
        say::err(&no_face.to_string());
    }
    Ok(())
}
