//! The client against a real Dovecot and against a server that behaves as badly as it is told.

mod dovecot;
mod house;
mod rude;
mod sending;
