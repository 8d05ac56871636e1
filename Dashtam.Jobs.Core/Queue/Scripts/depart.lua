-- Ends a worker's registration at a graceful stop. Its list is looked at for a while: a reply may still be on its way.
-- KEYS[1]  {q}:workers            ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:departed           ZSET  worker -> since, ms
-- KEYS[3]  {q}:worker:{worker}    HASH  what the worker says of itself
-- ARGV[1]  worker
-- Returns  1
-- include now_ms.lua
local workers, departed, about = KEYS[1], KEYS[2], KEYS[3]
local worker = ARGV[1]

redis.call('ZREM', workers, worker)
redis.call('DEL', about)
redis.call('ZADD', departed, now_ms(), worker)
return 1
