-- Begins a worker's incarnation: from now on its heartbeats count.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:workers           ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:worker:{worker}   HASH  what the worker says of itself
-- KEYS[3]  {q}:departed          ZSET  worker -> since, ms
-- ARGV[1]  worker
-- ARGV[2]  lifetime of the hash, seconds
-- ARGV[3]  the name that the worker lost; empty: none. Its list is looked at from now on, also when nobody recovered it
-- ARGV[4…] fields and values of the hash
-- Returns  1
-- include now_ms.lua
local workers, about, departed = KEYS[1], KEYS[2], KEYS[3]
local worker, ttl, lost = ARGV[1], ARGV[2], ARGV[3]

redis.call('ZREM', workers, worker)
redis.call('ZADD', workers, now_ms(), worker)
redis.call('HSET', about, unpack(ARGV, 4))
redis.call('EXPIRE', about, ttl)
if lost ~= '' then
  redis.call('ZADD', departed, now_ms(), lost)
end
return 1
