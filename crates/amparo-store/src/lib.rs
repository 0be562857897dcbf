//! Bytes by kind and id: the one room that touches the disk.
