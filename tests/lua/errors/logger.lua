-- modules: logger
-- flags: -v
-- expect-stderr: text of the error object
-- An error object as a field of a log record is its text (10.3).
logger:error("failed", {error = errors.new("text of the error object")})
