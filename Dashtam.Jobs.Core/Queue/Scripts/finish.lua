-- Stores the results of jobs that ended, counts and acknowledges them: all that ended while the last call was under way. A
-- job that recovery has given to another worker is passed over; it takes none of the others with it.
-- KEYS[1]  {q}:processing:{worker}  LIST  what the caller holds
-- KEYS[2]  {q}:workers              ZSET  worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH  SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  {q}:stats:jobs           HASH  counters
-- KEYS[5…] of each job, as many as its first argument says:
--          taskiq:result:{id}       STRING  where the result goes
--          {id}                     STRING  where it also goes; or the one before again
--          {q}:once:run:{schedule}  STRING  task id of its schedule's last run; absent unless an overlap policy watches it
-- ARGV[1]  worker
-- ARGV[2]  lifetime of the results, seconds
-- ARGV[3]  the row of ExitTable for these jobs
-- ARGV[4…] of jobs alike: number of keys of each, counter's name, number of jobs; then of each: envelope, byte for byte as
--          fetched; result, JSON; from two keys on what goes to {id}, or nothing where that is the JSON; with three keys the task id
-- Returns  a digit for each job: 1 stored and acknowledged | 4 acknowledged, but something else than a result stands
--          where the result goes | 5 stored, but something else than a result stands at {id} | 6 stored, but Redis refuses {id}
--          | 2 was so before | 0 fenced, nothing was written
-- include gone.lua
-- include leave.lua
-- include store_bare.lua
-- include store_result.lua
local processing, workers, suspects, stats = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local worker, ttl, fates = ARGV[1], ARGV[2], ARGV[3]

local answers, key, i = {}, 5, 4
if redis.call('EXISTS', suspects) == 0 then
  fates = 'k' .. string.sub(fates, 2) -- no count to give up: no hash to compute for each job
end
while i < #ARGV do
  local keys, counter, jobs, stored = tonumber(ARGV[i]), ARGV[i + 1], tonumber(ARGV[i + 2]), 0
  i = i + 3
  for _ = 1, jobs do
    local envelope = ARGV[i]
    if redis.call('LREM', processing, -1, envelope) == 0 then -- from the end that was filled first
      answers[#answers + 1] = gone(workers, worker)
    else
      local code = store_result(KEYS[key], keys > 1 and KEYS[key + 1], ARGV[i + 1], ARGV[i + 2], ttl)
      leave(fates, suspects, envelope, nil, keys > 2 and KEYS[key + 2], ARGV[i + 3])
      stored = stored + 1
      answers[#answers + 1] = code
    end
    key, i = key + keys, i + keys + 1
  end
  if stored > 0 then
    redis.pcall('HINCRBY', stats, counter, stored)
  end
end
return table.concat(answers)
