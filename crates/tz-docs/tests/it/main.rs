//! Documents seen from outside: their XML, their outline, and their pages as LibreOffice prints them.

mod dom;
mod libreoffice;
mod ooxml;
mod outline;
mod sample;
mod titles;
