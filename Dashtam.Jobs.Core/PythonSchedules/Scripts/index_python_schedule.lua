-- Notes when an entry that a Python producer wrote is due next, unless the entry or what is known of it has changed meanwhile.
-- KEYS[1]  {prefix}:{entry}     STRING  the entry
-- KEYS[2]  {q}:python:entries   HASH    entry -> first seen, last fired
-- KEYS[3]  {q}:python:due       ZSET    entry -> next instant, ms
-- ARGV[1]  the entry's name
-- ARGV[2]  its bytes, as the caller read them
-- ARGV[3]  what the caller knows of it; empty: nothing
-- ARGV[4]  what is known of it from now on
-- ARGV[5]  when it is due next, ms
-- Returns  1 noted | 0 something has changed, nothing was written
-- include wrong_type.lua
local entry, entries, due = KEYS[1], KEYS[2], KEYS[3]
local name, bytes, known, state, next_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local wrong = wrong_type(entry, 'string', entries, 'hash', due, 'zset')
if wrong then
  return wrong
end
if (redis.call('HGET', entries, name) or '') ~= known or redis.call('GET', entry) ~= bytes then
  return 0
end

redis.call('HSET', entries, name, state)
redis.call('ZADD', due, next_ms, name)
return 1
