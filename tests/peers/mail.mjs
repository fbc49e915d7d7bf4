// What both peers send: our mail as it stands, over nodemailer's pool.
import { readFileSync } from 'node:fs';
import nodemailer from 'nodemailer';

const raw = readFileSync(new URL('mail.eml', import.meta.url));
const [host, port] = (process.env.SMTP ?? '127.0.0.1:2525').split(':');
const transport = nodemailer.createTransport({
  host, port: Number(port), pool: true, maxConnections: Number(process.env.CONCURRENCY ?? 10), maxMessages: Infinity,
  ignoreTLS: true,
});
export const send = (to) => transport.sendMail({ envelope: { from: 'jalon@example.org', to: [to] }, raw });
export const close = () => transport.close();
export const count = Number(process.env.COUNT ?? 10000);
export const report = (system, seconds, cpu) => console.log(JSON.stringify({
  system, count, seconds: Number(seconds.toFixed(3)), rate_per_second: Math.round(count / seconds),
  cpu_microseconds_per_mail_worker_only: Math.round(cpu * 1e6 / count),
}));
