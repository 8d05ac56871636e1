# frozen_string_literal: true

# The job of the bench; loaded by the worker and by the producers.
require "sidekiq"

# Debian's redis-rb warns at every call of Sidekiq's about what its next version will do; to write that costs time.
Redis.silence_deprecations = true
Redis.sadd_returns_boolean = false

class BenchJob
  include Sidekiq::Job

  SLEEP = ENV.fetch("BENCH_SLEEP_MS", "0").to_i / 1000.0
  RECORD = ENV["BENCH_RECORD"] && File.open(ENV["BENCH_RECORD"], File::RDWR | File::CREAT | File::BINARY)

  def self.monotonic
    Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  end

  def perform(n, _payload = nil)
    started = BenchJob.monotonic
    if SLEEP.positive?
      RECORD.pwrite([started].pack("q<"), n * 16) # it may not live to its end
      sleep(SLEEP)
    end
    RECORD.pwrite([started, BenchJob.monotonic].pack("q<q<"), n * 16)
  end
end

# At its own level Sidekiq writes two lines a job; what it costs to write them is not what is measured.
Sidekiq.logger.level = Logger::WARN
