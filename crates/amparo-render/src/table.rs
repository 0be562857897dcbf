//! Tables that run over pages: rows kept whole where they can be, headings repeated, every cell read in order.

use crate::fonts::{Letter, Run};
use crate::sheet::{LEFT, Mark, RIGHT, Role, Sheet};
use amparo_chart::Ink;

pub(crate) struct Column<'a> {
    pub name: &'a str,
    /// Its share of the width.
    pub share: f32,
    pub number: bool,
}

pub(crate) fn column(name: &str, share: f32) -> Column<'_> {
    Column { name, share, number: false }
}

pub(crate) fn numbers(name: &str, share: f32) -> Column<'_> {
    Column { name, share, number: true }
}

const SIZE: f32 = 8.8;
const LEADING: f32 = 12.2;
const HEAD_SIZE: f32 = 7.8;
const AIR: f32 = 3.4;
const BETWEEN: f32 = 9.0;
/// A row up to so many lines is kept on one page.
const WHOLE: usize = 14;

/// One row: its cells' text; the first cell names the row where `row_headings`.
pub(crate) struct Table<'a> {
    pub columns: &'a [Column<'a>],
    pub row_headings: bool,
    pub rows: Vec<Vec<String>>,
}

impl Sheet<'_> {
    pub fn table(&mut self, parent: usize, table: &Table<'_>) {
        let node = self.node(parent, Role::Table);
        let places = places(table.columns);
        let head = self.node(node, Role::Head);
        let head_row = self.node(head, Role::Row);
        let cells: Vec<usize> = table.columns.iter().map(|_| self.node(head_row, Role::ColumnHeading)).collect();
        self.need(60.0);
        self.table_head(table.columns, &places, Some(&cells));
        let body = self.node(node, Role::Body);
        for row in &table.rows {
            self.row(body, table, &places, row);
        }
        self.y += 4.0;
    }

    fn table_head(&mut self, columns: &[Column<'_>], places: &[(f32, f32)], cells: Option<&[usize]>) {
        let lines: Vec<Vec<Run>> = columns.iter().zip(places).map(|(c, (_, w))| self.fonts.lines(c.name, Letter::SansBold, HEAD_SIZE, *w)).collect();
        let tall = lines.iter().map(Vec::len).max().unwrap_or(1);
        let leading = HEAD_SIZE * 1.3;
        for (i, (lines, (x, w))) in lines.into_iter().zip(places).enumerate() {
            let first = tall - lines.len();
            for (n, run) in lines.into_iter().enumerate() {
                let x = if columns[i].number { x + w - run.width } else { *x };
                let y = self.y + leading * (first + n) as f32 + HEAD_SIZE;
                self.put(cells.map(|c| c[i]), Mark::Text { x, y, run, colour: Ink::Soft.rgb() });
            }
        }
        self.y += leading * tall as f32 + AIR;
        self.put(None, Mark::Line { from: (LEFT, self.y), to: (RIGHT, self.y), colour: Ink::Axis.rgb(), width: 0.75 });
        self.y += AIR;
    }

    fn row(&mut self, body: usize, table: &Table<'_>, places: &[(f32, f32)], row: &[String]) {
        let node = self.node(body, Role::Row);
        let mut cells = Vec::new();
        for (i, (_, w)) in places.iter().enumerate() {
            let heading = table.row_headings && i == 0;
            let letter = if heading { Letter::SansBold } else { Letter::Sans };
            let cell = self.node(node, if heading { Role::RowHeading } else { Role::Cell });
            let text = row.get(i).map_or("", String::as_str);
            cells.push((cell, self.fonts.lines(text, letter, SIZE, *w)));
        }
        let tall = cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
        if tall <= WHOLE && self.left_over() < LEADING * tall as f32 + AIR {
            self.next_page(table, places);
        }
        let mut from = 0;
        while from < tall {
            if self.left_over() < LEADING + AIR {
                self.next_page(table, places);
            }
            let fitting = ((self.left_over() - AIR) / LEADING).floor().max(1.0) as usize;
            let until = (from + fitting).min(tall);
            for (i, (cell, lines)) in cells.iter().enumerate() {
                let (x, w) = places[i];
                for (n, run) in lines.iter().enumerate().take(until).skip(from) {
                    let x = if table.columns[i].number { x + w - run.width } else { x };
                    let y = self.y + LEADING * (n - from) as f32 + SIZE;
                    if !run.text.is_empty() {
                        self.put(Some(*cell), Mark::Text { x, y, run: run.clone(), colour: Ink::Ink.rgb() });
                    }
                }
            }
            self.y += LEADING * (until - from) as f32;
            from = until;
        }
        self.y += AIR - 1.0;
        self.put(None, Mark::Line { from: (LEFT, self.y), to: (RIGHT, self.y), colour: Ink::Line.rgb(), width: 0.6 });
        self.y += AIR;
    }

    fn next_page(&mut self, table: &Table<'_>, places: &[(f32, f32)]) {
        self.new_page();
        self.table_head(table.columns, places, None);
    }
}

/// Left edge and width of each column's text.
fn places(columns: &[Column<'_>]) -> Vec<(f32, f32)> {
    let all: f32 = columns.iter().map(|c| c.share).sum();
    let room = RIGHT - LEFT - BETWEEN * (columns.len() as f32 - 1.0);
    let mut x = LEFT;
    columns
        .iter()
        .map(|c| {
            let place = (x, room * c.share / all);
            x += place.1 + BETWEEN;
            place
        })
        .collect()
}
