"""Events to pictures: HTML and SVG, text, mime JSON, Plotly figures. Imports nothing heavy."""
