// Firefox's account of a site: firefox.mjs ADDRESS PATH...
// Opens each path, then the last one again, and prints as JSON what it complained of, what failed, which fonts
// came and which did not, and for each static file the bytes it transferred: those of the first path, and those of
// the last path the second time.
import puppeteer from "puppeteer-core";

const [address, ...paths] = process.argv.slice(2);
const told = { complaints: [], failed: [], fonts: [], lost: [], first: [], again: [] };
const browser = await puppeteer.launch({ browser: "firefox", executablePath: "/usr/bin/firefox-esr", headless: true });
const page = await browser.newPage();
page.on("console", (said) => ["error", "warn"].includes(said.type()) && told.complaints.push(said.text()));
page.on("pageerror", (error) => told.complaints.push(String(error)));
page.on("requestfailed", (request) => told.failed.push(request.url()));
page.on("response", (response) => response.status() >= 400 && told.failed.push(`${response.status()} ${response.url()}`));

const transferred = () => performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/static/")).map((one) => [one.name, one.transferSize]);
const fonts = async () => {
    await document.fonts.ready;
    return [...document.fonts].map((one) => [one.family, one.status]);
};
for (const path of paths) {
    await page.goto(address + path, { waitUntil: "networkidle0" });
    for (const [family, status] of await page.evaluate(fonts)) {
        if (status === "loaded") told.fonts.push(family);
        if (status === "error") told.lost.push(family);
    }
    if (!told.first.length) told.first = await page.evaluate(transferred);
}
await page.goto(address + paths[0], { waitUntil: "networkidle0" });
await page.goto(address + paths.at(-1), { waitUntil: "networkidle0" });
told.again = await page.evaluate(transferred);
await browser.close();
console.log(JSON.stringify(told));
