"""Files for the tests of uploads, built in code: good ones, and bad ones by name."""
