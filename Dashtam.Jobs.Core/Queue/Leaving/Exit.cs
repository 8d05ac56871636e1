using Dashtam.Jobs.Core.Queue.DeadLetters;

namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary>How a delivery leaves a worker's processing list: a closed set, so that whoever acts on it looks at every case.</summary>
internal abstract record Exit
{
    private Exit()
    {
    }

    /// <summary>Its handler returned: the result is stored.</summary>
    /// <param name="TaskId">The job's id.</param>
    /// <param name="JobName">The job's name, for the counter.</param>
    /// <param name="Result">JSON, as it goes to the result's key.</param>
    public sealed record Finished(string TaskId, string JobName, byte[] Result) : Exit;

    /// <summary>Its schedule has fired again, and that fire took its place: an error result is stored.</summary>
    /// <param name="TaskId">The job's id.</param>
    /// <param name="JobName">The job's name, for the counter.</param>
    /// <param name="Result">JSON, as it goes to the result's key.</param>
    public sealed record Replaced(string TaskId, string JobName, byte[] Result) : Exit;

    /// <summary>It failed, and its next attempt becomes due later.</summary>
    /// <param name="JobName">The job's name, for the counter.</param>
    /// <param name="NextEnvelope">The bytes of the next attempt.</param>
    /// <param name="Delay">Until the next attempt is due.</param>
    public sealed record Retried(string JobName, byte[] NextEnvelope, TimeSpan Delay) : Exit;

    /// <summary>It failed for good, or cannot be run: a dead letter, and an error result where it has an id.</summary>
    /// <param name="Letter">What is kept.</param>
    public sealed record Dead(DeadLetter Letter) : Exit;

    /// <summary>Nobody here knows its name: it waits for a newer worker. <see cref="Settlement.Full"/> when there is no room.</summary>
    public sealed record Parked : Exit;

    /// <summary>The worker stops: it goes where the next fetch takes it first, its attempt not counted.</summary>
    public sealed record GivenBack : Exit;
}
