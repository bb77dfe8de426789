mod case;
mod cases;
mod closed_months;
mod documents;
mod leaves;
mod properties;
mod stages;
mod trial;
