-- Vectors for search. Apart from the rest, so that a server without pgvector can be used by choice
-- (vector_search = false) with everything but similarity search.
CREATE EXTENSION IF NOT EXISTS vector;
