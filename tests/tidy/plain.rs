//! Rust without its comments and literals: what the compiler acts on, line by line.

/// The code of `text` with comments, strings and characters blanked; lines keep their numbers.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let blanked = comment(rest).or_else(|| string(rest)).or_else(|| character(rest));
        if let Some(length) = blanked {
            let (gone, left) = rest.split_at(length);
            out.push(' ');
            out.extend(gone.chars().filter(|c| *c == '\n'));
            rest = left;
            continue;
        }
        // A word is taken whole, so that the `r` at its end never opens a raw string.
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (kept, left) = rest.split_at(word.max(first.len_utf8()));
        out.push_str(kept);
        rest = left;
    }
    out
}

fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then(|| text.find("*/").map_or(text.len(), |end| end + 2))
}

fn string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('b').unwrap_or(text);
    let prefix = text.len() - after.len();
    if let Some(raw) = after.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let opening = prefix + 1 + hashes + 1;
            let closing = format!("\"{}", "#".repeat(hashes));
            let end = text[opening..].find(&closing).map(|at| opening + at + closing.len());
            return Some(end.unwrap_or(text.len()));
        }
    }
    after.starts_with('"').then(|| prefix + quoted(after, '"'))
}

/// A character literal; a lifetime has no quote behind its first letter and is left alone.
fn character(text: &str) -> Option<usize> {
    let after = text.strip_prefix('b').unwrap_or(text);
    let mut inside = after.strip_prefix('\'')?.chars();
    let is_character = inside.next()? == '\\' || inside.next()? == '\'';
    is_character.then(|| text.len() - after.len() + quoted(after, '\''))
}

/// The length of a literal between two `quote`s, the first of which begins `text`.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[test]
fn comments_and_literals_are_blanked_and_lines_kept() {
    let code =
        "a // f64\nb /* f64\n */ c \"f64\\\" f64\" r#\"f64 \" f64\"# 'f' '\\'' b'f' 'a str\nd";
    let left = plain(code);
    let words: Vec<Vec<&str>> =
        left.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words, [vec!["a"], vec!["b"], vec!["c", "'a", "str"], vec!["d"]]);
}

#[test]
fn a_word_that_ends_in_r_opens_no_string() {
    assert_eq!(plain("for \"x\" in_r\"y\" r"), "for   in_r  r");
}
