"""A question becomes an answer: question → query → hits → quotes → answer."""
