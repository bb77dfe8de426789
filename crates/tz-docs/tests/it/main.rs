//! Documents seen from outside: their XML, their outline, and their pages as LibreOffice prints them.

mod dom;
mod faces;
mod libreoffice;
mod ooxml;
mod outline;
mod pdf;
mod sample;
mod titles;
