// Times in the reader's own zone. Without scripts they stay as they came: in UTC, which they say; a pointer still finds that.
"use strict";

const told = new Intl.DateTimeFormat(document.documentElement.lang, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});
for (const one of document.querySelectorAll("time[datetime]")) {
  one.title = one.textContent;
  one.textContent = told.format(new Date(one.dateTime));
}
