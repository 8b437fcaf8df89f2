//! Figures of many starts, and how they are shown.

use clap::Args;

/// How a bench of many starts is run.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How often each is started.
    #[arg(long, default_value_t = 5)]
    pub times: usize,
    /// Measure what is built already.
    #[arg(long)]
    pub no_build: bool,
}

/// Of the screen's pixels: only another's picture is brown.
const BROWN_SHARE: f64 = 0.05;

/// One figure of every start.
pub struct Row {
    name: &'static str,
    demanded: Option<f64>,
    values: Vec<f64>,
}

pub fn row(name: &'static str, demanded: Option<f64>) -> Row {
    Row { name, demanded, values: Vec::new() }
}

pub fn note(rows: &mut [Row], values: &[Option<f64>]) {
    for (row, value) in rows.iter_mut().zip(values) {
        row.values.extend(value);
    }
}

/// True where another's picture is on the screen (four bytes a pixel, blue first).
pub fn has_picture(screen: &[u8]) -> bool {
    let pixels = screen.chunks_exact(4);
    let count = pixels.len().max(1);
    let brown = pixels.filter(|pixel| pixel[2] > pixel[0].saturating_add(30)).count();
    brown as f64 / count as f64 > BROWN_SHARE
}

pub fn print(rows: &[Row]) {
    println!(
        "\n{:<44} {:>8} {:>8} {:>8}  demanded",
        "milliseconds from the start of the process", "median", "worst", "starts"
    );
    for row in rows {
        let mut sorted = row.values.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).map_or("never".to_owned(), |value| format!("{value:.0}"));
        let demanded = row.demanded.map_or(String::new(), |limit| format!("≤ {limit:.0}"));
        println!(
            "{:<50} {:>8} {:>8} {:>8}  {demanded}",
            row.name,
            at(sorted.len() / 2),
            at(sorted.len().saturating_sub(1)),
            sorted.len()
        );
    }
}
