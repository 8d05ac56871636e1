-- Makes the job of an entry ready that a Python producer wrote, once for each instant: any number of schedulers try.
-- An entry that was unscheduled or overwritten since it was read does not fire.
-- The id of a time entry is removed from a short list only: LREM walks the list. drop_python_ids.lua clears long lists.
-- KEYS[1]  q                        LIST    ready envelopes
-- KEYS[2]  {prefix}:{entry}         STRING  the entry
-- KEYS[3]  {q}:python:entries       HASH    entry -> first seen, last fired
-- KEYS[4]  {q}:python:due           ZSET    entry -> next instant, ms
-- KEYS[5]  {q}:stats:python         HASH    counters
-- KEYS[6]  {prefix}:time:{minute}   LIST    ids of entries, of which a time entry is removed
-- KEYS[7]  {prefix}:{id}            STRING  the same entry as the older source wrote it
-- KEYS[8]  {q}:python:fires         ZSET    schedule whose jobs have marked ids -> when it fired last, ms
-- ARGV[1]  the entry's name
-- ARGV[2]  its bytes, as the caller read them
-- ARGV[3]  what the caller knows of it
-- ARGV[4]  what is known of it from now on; empty: it is a time entry, and is removed
-- ARGV[5]  when it is due next, ms
-- ARGV[6]  the instant that fires, ms
-- ARGV[7]  the id to remove from KEYS[6] while that has 100 ids at most; empty: it is in no list
-- ARGV[8]  the bytes of KEYS[7] to remove with it; empty: it is not there, or another entry
-- ARGV[9]  the job's envelope
-- ARGV[10] the schedule's id
-- ARGV[11] 1: the job's id is marked as this service's | 0: the entry gives the id
-- Returns  {code, ms until the instant}: 1 fired | 0 another scheduler was faster | -1 the entry has changed or is gone
--          | -2 the instant is in Redis' future
-- include mark_fire.lua
-- include now_ms.lua
-- include wrong_type.lua
local ready, entry, entries, due, stats, minute, twin, fires = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local name, bytes, known, state, next_ms, instant = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local listed, twin_bytes, envelope, schedule, is_marked = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11] == '1'

local wrong = wrong_type(ready, 'list', entries, 'hash', due, 'zset')
if wrong then
  return wrong
end
if (redis.call('HGET', entries, name) or '') ~= known then
  return { 0, 0 }
end
if wrong_type(entry, 'string') or redis.call('GET', entry) ~= bytes then
  return { -1, 0 }
end
local now = now_ms()
if instant > now then
  return { -2, instant - now }
end
-- What somebody else has put where the id or the other source's entry would be stays, and keeps no entry from firing.
listed = not wrong_type(minute, 'list') and redis.call('LLEN', minute) <= 100 and listed or ''
twin_bytes = not wrong_type(twin, 'string') and twin_bytes or ''

-- A right that is missing would end the script behind the push, and the entry would fire again and again. Garnet has no such question.
local may = redis.acl_check_cmd or function() return true end
local allowed = may('LPUSH', ready, envelope) and may('HSET', entries, name, state) and may('ZADD', due, next_ms, name)
  and (state ~= '' or may('DEL', entry) and may('HDEL', entries, name) and may('ZREM', due, name)
  and (listed == '' or may('LREM', minute, 0, listed)) and (twin_bytes == '' or may('GET', twin) and may('DEL', twin)))
if not allowed then
  return redis.error_reply('NOPERM this user may not do all that firing an entry of ' .. entry .. ' takes')
end

redis.call('LPUSH', ready, envelope)
if state ~= '' then
  redis.call('HSET', entries, name, state)
  redis.call('ZADD', due, next_ms, name)
else
  redis.call('DEL', entry)
  redis.call('HDEL', entries, name)
  redis.call('ZREM', due, name)
  if listed ~= '' then
    redis.call('LREM', minute, 0, listed)
  end
  if twin_bytes ~= '' and redis.call('GET', twin) == twin_bytes then
    redis.call('DEL', twin)
  end
end
mark_fire(stats, fires, schedule, is_marked, now)
return { 1, 0 }
