namespace Dashtam.Jobs.Core.Queues;

/// <summary>The queues of this process.</summary>
internal interface IQueues
{
    /// <summary>The queue of <c>JOBS_QUEUE_NAME</c>.</summary>
    JobQueue Default { get; }

    /// <summary>The queue of a name. It is in <c>REDIS_URL</c> unless <c>JOBS_QUEUE_URLS</c> says otherwise.</summary>
    /// <exception cref="ArgumentException">No queue may have this name.</exception>
    JobQueue Get(string name);

    /// <summary>The queue of a name; null: the default one.</summary>
    /// <exception cref="ArgumentException">No queue may have this name.</exception>
    JobQueue OrDefault(string? name) => name is null ? Default : Get(name);
}
