import PgBoss from 'pg-boss';
import { send, close, count, report } from './mail.mjs';
const boss = new PgBoss({ connectionString: process.env.DATABASE, max: 10 });
boss.on('error', console.error);
await boss.start();
await boss.createQueue('mail');
const jobs = Array.from({ length: count }, (_, n) => ({ name: 'mail', data: { to: `c${n}@example.org` } }));
for (let from = 0; from < count; from += 1000) await boss.insert(jobs.slice(from, from + 1000));
let done = 0;
const begun = process.hrtime.bigint(), cpu = process.cpuUsage();
await new Promise(async (resolve) => {
  for (let worker = 0; worker < 10; worker += 1)
    await boss.work('mail', { batchSize: Number(process.env.BATCH ?? 100), pollingIntervalSeconds: 0.5 }, async (batch) => {
      await Promise.all(batch.map((job) => send(job.data.to)));
      done += batch.length;
      if (done >= count) setImmediate(resolve);
    });
});
const used = process.cpuUsage(cpu);
report('pg-boss', Number(process.hrtime.bigint() - begun) / 1e9, (used.user + used.system) / 1e6);
close(); await boss.stop({ graceful: false }); process.exit(0);
