//! The README stands in English and in Chinese, and says the same in both.

use super::tree::File;
use super::{assert_finds, assert_holds};

const ENGLISH: &str = "README.md";
const CHINESE: &str = "README.zh.md";

/// What of a README is compared, piece by piece.
type Part = fn(&File) -> Vec<String>;

/// What does not change with the language, in an order that does not either.
const PARTS: &[(&str, Part)] = &[
    ("headings", headings),
    ("lines of code", lines_of_code),
    ("links", links),
    ("figures", figures),
];

fn readmes_say_the_same(files: &[File]) -> Vec<String> {
    let one = |path: &str| files.iter().find(|file| file.path == path);
    let (Some(english), Some(chinese)) = (one(ENGLISH), one(CHINESE)) else {
        return vec![format!("{CHINESE}: one of it and {ENGLISH} is missing")];
    };
    let differing = PARTS.iter().filter_map(|(name, part)| {
        let (there, here) = (part(english), part(chinese));
        let at = (0..there.len().max(here.len())).find(|at| there.get(*at) != here.get(*at))?;
        let shown = |parts: &[String]| parts.get(at).cloned().unwrap_or_else(|| "none".to_owned());
        let (there, here) = (shown(&there), shown(&here));
        Some(format!("{CHINESE}: {name} differ: `{there}` in {ENGLISH}, `{here}` here"))
    });
    differing.collect()
}

/// The level of each heading.
fn headings(file: &File) -> Vec<String> {
    let lines = prose(file);
    let marks = lines.iter().filter_map(|line| line.split_once(' ')).map(|(mark, _)| mark);
    let levels = marks.filter(|mark| mark.starts_with('#'));
    levels.map(str::to_owned).collect()
}

fn lines_of_code(file: &File) -> Vec<String> {
    parted(file).into_iter().filter(|(is_code, _)| *is_code).map(|(_, line)| line).collect()
}

/// The targets of all links, sorted: a sentence may turn round. The README in the other language is
/// `README`.
fn links(file: &File) -> Vec<String> {
    let lines = prose(file);
    let after = lines.iter().flat_map(|line| line.split("](").skip(1));
    let targets = after.filter_map(|rest| rest.split(')').next());
    let other = if file.path == ENGLISH { CHINESE } else { ENGLISH };
    let same = |target| if target == other { "README" } else { target };
    let mut links: Vec<String> = targets.map(|target| same(target).to_owned()).collect();
    links.sort();
    links
}

/// All figures in digits, sorted, but for millions: Chinese counts in units of ten thousand.
fn figures(file: &File) -> Vec<String> {
    let text = prose(file).join(" ");
    let (mut found, mut rest) = (Vec::new(), text.as_str());
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = &rest[start..];
        let ends = |c: char| !c.is_ascii_digit() && c != '.' && c != ',';
        let (figure, behind) = from.split_at(from.find(ends).unwrap_or(from.len()));
        rest = behind;
        if !["million", "万"].iter().any(|unit| behind.trim_start().starts_with(unit)) {
            found.push(figure.trim_end_matches(['.', ',']).to_owned());
        }
    }
    found.sort();
    found
}

fn prose(file: &File) -> Vec<String> {
    parted(file).into_iter().filter(|(is_code, _)| !is_code).map(|(_, line)| line).collect()
}

/// Its lines, each with whether it is one of code; the fences are.
fn parted(file: &File) -> Vec<(bool, String)> {
    let mut is_inside = false;
    let parted = file.lines().map(|(_, line)| {
        let is_fence = line.starts_with("```");
        is_inside ^= is_fence;
        (is_inside || is_fence, line.to_owned())
    });
    parted.collect()
}

#[test]
fn the_readme_says_the_same_in_both_languages() {
    assert_holds(readmes_say_the_same);
}

#[test]
fn a_readme_that_was_changed_in_one_language_is_found() {
    let english = "# Linli\n[中文](README.zh.md)\n## From Rust\n[a](a.md) [b](b.md): 2,286\n\
                   appends, 9.8\nmillion events in 1.2 s.\n```sh\nlinli verify # all\n```\n";
    let turned = "# Linli\n[English](README.md)\n## 在 Rust 中使用\n[b](b.md)，[a](a.md)：\
                  980 万个事件 1.2 秒，2,286 次追加\n```sh\nlinli verify # all\n```\n";
    assert_finds(readmes_say_the_same, &[(ENGLISH, english), (CHINESE, turned)], &[]);
    let old = "# Linli\n[English](README.md)\n[b](b.md)：2,268 次追加，1.2 秒\n```sh\n\
               linli verify # 全部\n```\n";
    assert_finds(
        readmes_say_the_same,
        &[(ENGLISH, english), (CHINESE, old)],
        &[
            "README.zh.md: headings differ: `##` in README.md, `none` here",
            "README.zh.md: lines of code differ: `linli verify # all` in README.md, \
             `linli verify # 全部` here",
            "README.zh.md: links differ: `a.md` in README.md, `b.md` here",
            "README.zh.md: figures differ: `2,286` in README.md, `2,268` here",
        ],
    );
    assert_finds(
        readmes_say_the_same,
        &[(ENGLISH, english)],
        &["README.zh.md: one of it and README.md is missing"],
    );
}
