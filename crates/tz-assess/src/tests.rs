mod cases;
mod closed_months;
mod leaves;
mod properties;
mod trial;
