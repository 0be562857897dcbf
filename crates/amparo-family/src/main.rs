//! `amparo-family --seed N --out DIR`: writes an invented family's papers and `truth.json` beside them.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut seed = 1_u64;
    let mut out: Option<PathBuf> = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--seed", Some(value)) => match value.parse() {
                Ok(n) => seed = n,
                Err(_) => return usage(),
            },
            ("--out", Some(value)) => out = Some(PathBuf::from(value)),
            _ => return usage(),
        }
    }
    let Some(out) = out else {
        return usage();
    };
    match write(seed, &out) {
        Ok(files) => {
            println!("{files} files and truth.json in {}", out.display());
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{}: {e}", out.display());
            ExitCode::from(4)
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("amparo-family --seed NUMBER --out FOLDER");
    ExitCode::from(2)
}

fn write(seed: u64, out: &std::path::Path) -> std::io::Result<usize> {
    let (papers, truth) = amparo_family::family(seed);
    for paper in &papers {
        let path = out.join("papers").join(&paper.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, &paper.bytes)?;
    }
    std::fs::write(out.join("truth.json"), format!("{truth:#}\n"))?;
    Ok(papers.len())
}
