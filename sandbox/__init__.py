"""A stand-alone server that speaks OpenAI's Files, Batches, Chat Completions and Responses API on this machine."""
