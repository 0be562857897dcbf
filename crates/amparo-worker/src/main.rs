//! The reading process: it gets open files, says what is in them in bounded frames, and can do nothing else.

fn main() {
    // The one other thing it can be asked, by `doctor`: what does the machine reading.
    if std::env::args().nth(1).as_deref() == Some("machine-reading") {
        println!("{}", amparo_worker::machine_reading_version().unwrap_or_default());
        return;
    }
    amparo_worker::serve(amparo_worker::jobs::run)
}
