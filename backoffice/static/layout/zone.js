// Tells the server in which time zone this browser is; from the next page on, times are shown in it.

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const YEAR = 365 * 24 * 60 * 60;
const { content: name } = document.querySelector('meta[name="zone-cookie"]');
const { content: path } = document.querySelector('meta[name="cookie-path"]');
const secure = name.startsWith("__") || location.protocol === "https:" ? "; secure" : "";

if (timeZone) document.cookie = `${name}=${timeZone}; path=${path}; max-age=${YEAR}; samesite=lax${secure}`;
