//! The reading process: it gets open files, says what is in them in bounded frames, and can do nothing else.

fn main() {
    amparo_worker::serve(amparo_worker::jobs::run)
}
