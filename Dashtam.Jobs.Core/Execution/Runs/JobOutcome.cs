using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>How a run ended: a closed set, so that whoever acts on it looks at every case.</summary>
internal abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>The name in logs and counters, in snake_case.</summary>
    public abstract string Name { get; }

    /// <summary>It returned a summary.</summary>
    public sealed record Succeeded(JobSummary Summary) : JobOutcome
    {
        public override string Name => "succeeded";
    }

    /// <summary>It raised.</summary>
    /// <param name="Error">As the producer is told.</param>
    /// <param name="Exception">As the log is told.</param>
    /// <param name="MayRetry">False: trying again cannot help.</param>
    public sealed record Failed(JobError Error, Exception Exception, bool MayRetry) : JobOutcome
    {
        public override string Name => "failed";
    }

    /// <summary>It did not end within its timeout.</summary>
    public sealed record TimedOut(TimeSpan Timeout) : JobOutcome
    {
        public override string Name => "timed_out";
    }

    /// <summary>It failed, and another attempt follows.</summary>
    /// <param name="Cause"><see cref="Failed"/> or <see cref="TimedOut"/>.</param>
    /// <param name="Delay">Until the next attempt.</param>
    public sealed record Retried(JobOutcome Cause, TimeSpan Delay) : JobOutcome
    {
        public override string Name => "retried";
    }

    /// <summary>The worker stops: the job goes back, its attempt not counted.</summary>
    public sealed record GivenBack : JobOutcome
    {
        public override string Name => "given_back";
    }

    /// <summary>The job is another worker's by now: nothing was written.</summary>
    public sealed record Fenced : JobOutcome
    {
        public override string Name => "fenced";
    }

    /// <summary>Its schedule fired again, and that fire takes its place.</summary>
    public sealed record Replaced : JobOutcome
    {
        public override string Name => "replaced";
    }

    /// <summary>The envelope names a job that nobody here knows: it waits for somebody who does.</summary>
    public sealed record Parked : JobOutcome
    {
        public override string Name => "parked";
    }

    /// <summary>It could not be run at all, and is a dead letter.</summary>
    public sealed record Rejected(string Reason) : JobOutcome
    {
        public override string Name => "rejected";
    }
}
