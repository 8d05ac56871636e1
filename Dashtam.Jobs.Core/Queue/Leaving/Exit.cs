using Dashtam.Jobs.Core.Queue.DeadLetters;

namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary>How a delivery leaves a worker's processing list: a closed set, so that whoever acts on it looks at every case.</summary>
internal abstract record Exit
{
    private Exit()
    {
    }

    /// <summary>Its row in the table of exits.</summary>
    public abstract ExitKind Kind { get; }

    /// <summary>Its handler returned: the result is stored.</summary>
    /// <param name="TaskId">The job's id.</param>
    /// <param name="JobName">The job's name, for the counter.</param>
    /// <param name="Result">JSON, as it goes to the result's key.</param>
    public sealed record Finished(string TaskId, string JobName, byte[] Result) : Exit
    {
        public override ExitKind Kind => ExitKind.Finished;
    }

    /// <summary>Its schedule has fired again, and that fire took its place: an error result is stored.</summary>
    /// <param name="TaskId">The job's id.</param>
    /// <param name="JobName">The job's name, for the counter.</param>
    /// <param name="Result">JSON, as it goes to the result's key.</param>
    public sealed record Replaced(string TaskId, string JobName, byte[] Result) : Exit
    {
        public override ExitKind Kind => ExitKind.Replaced;
    }

    /// <summary>It failed, and its next attempt becomes due later.</summary>
    /// <param name="JobName">The job's name, for the counter.</param>
    /// <param name="NextEnvelope">The bytes of the next attempt.</param>
    /// <param name="Delay">Until the next attempt is due.</param>
    /// <param name="Hangs">Whether the handler ignores its cancellation: the next attempt may hang as well.</param>
    public sealed record Retried(string JobName, byte[] NextEnvelope, TimeSpan Delay, bool Hangs = false) : Exit
    {
        public override ExitKind Kind => Hangs ? ExitKind.RetriedHanging : ExitKind.Retried;
    }

    /// <summary>It failed for good, or cannot be run: a dead letter, and an error result where it has an id.</summary>
    /// <param name="Letter">What is kept.</param>
    public sealed record Dead(DeadLetter Letter) : Exit
    {
        public override ExitKind Kind => ExitKind.Dead;
    }

    /// <summary>Nobody here knows its name: it waits for a newer worker. <see cref="Settlement.Full"/> when there is no room.</summary>
    public sealed record Parked : Exit
    {
        public override ExitKind Kind => ExitKind.Parked;
    }

    /// <summary>The worker stops: it goes where the next fetch takes it first, its attempt not counted.</summary>
    /// <param name="Hangs">Whether the worker ends itself because handlers hang.</param>
    public sealed record GivenBack(bool Hangs = false) : Exit
    {
        public override ExitKind Kind => Hangs ? ExitKind.GivenBackHanging : ExitKind.GivenBack;
    }
}
