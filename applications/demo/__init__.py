"""The demonstration: a country's worth of made-up associations, files and money."""
