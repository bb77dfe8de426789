//! Papers seen from outside: their XML, their outline, their templates, and their pages in our PDF and as LibreOffice
//! prints them.

mod dom;
mod end_matter;
mod faces;
mod layout;
mod libreoffice;
mod masthead;
mod ooxml;
mod outline;
mod pdf;
mod printed;
mod sample;
mod site;
mod templates;
mod titles;
mod workbook;
