"""The pages that services serve: their frame, their headers, their languages; `page.py` is what a page's author uses."""
