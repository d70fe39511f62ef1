"""The only writers of petitions, signatures, answers and questions: one module a noun."""
