/** The selector language: parse, format, match, and an incremental label index. Pure. */
