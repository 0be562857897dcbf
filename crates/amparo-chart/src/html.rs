//! HTML by hand: escaping, and tables that fold into lists on a phone.

use std::fmt::Write;

/// Text as it may stand in HTML, in an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters are not allowed in HTML, and say nothing.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A column's heading, and whether it holds numbers.
pub(crate) struct Column<'a> {
    pub name: &'a str,
    pub number: bool,
}

/// A table whose first cell in a row is the row's heading. Cells are text, escaped here.
pub(crate) fn table(caption: &str, columns: &[Column<'_>], rows: &[Vec<String>]) -> String {
    let mut out = String::from(r#"<table class="fold">"#);
    if !caption.is_empty() {
        let _ = write!(out, "<caption>{}</caption>", escape(caption));
    }
    out.push_str("<thead><tr>");
    for column in columns {
        let _ = write!(out, r#"<th scope="col"{}>{}</th>"#, class(column), escape(column.name));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (i, (cell, column)) in row.iter().zip(columns).enumerate() {
            let (open, close) = if i == 0 { (r#"<th scope="row""#, "</th>") } else { ("<td", "</td>") };
            let _ = write!(out, r#"{open}{} data-l="{}">{}{close}"#, class(column), escape(column.name), escape(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

fn class(column: &Column<'_>) -> &'static str {
    if column.number { r#" class="num""# } else { "" }
}
