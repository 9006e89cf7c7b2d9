// What Firefox shows: firefox_page.mjs ADDRESS... prints for each, as JSON, the text of the page when nothing is
// loaded any more, and what it complained of.
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({ browser: "firefox", executablePath: "/usr/bin/firefox-esr", headless: true });
const told = [];
for (const address of process.argv.slice(2)) {
    const page = await browser.newPage();
    const complaints = [];
    page.on("console", (said) => ["error", "warn"].includes(said.type()) && complaints.push(said.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address, { waitUntil: "networkidle0" });
    told.push({ text: await page.evaluate(() => document.body.innerText.trim()), complaints });
    await page.close();
}
await browser.close();
console.log(JSON.stringify(told));
