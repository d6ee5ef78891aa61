# The API and the page that explains it
api-reference = API reference
api-operations = Operations
api-parameter = Parameter
api-place = In
api-kind = Kind
api-meaning = Meaning
api-required = required
api-body = Body:
api-shapes = Shapes
api-field = Field
api-problems = Kinds of problem

api-problem-unauthenticated = No token, or none that is good
api-problem-forged = The token of the session is missing
api-problem-denied = A right is missing
api-problem-not-found = There is no such record in sight
api-problem-method = The address does not know this method
api-problem-conflict = Someone else changed the record
api-problem-key-under-way = The request of this key is being done
api-problem-outdated = The record is at a newer version
api-problem-too-large = The body is too large
api-problem-media-type = The body is not JSON
api-problem-unreadable = What was sent cannot be read
api-problem-key-unusable = The key cannot be used
api-problem-invalid = Some fields cannot be taken
api-problem-refused = A rule says no
api-problem-key-of-another = The key belongs to another request
api-problem-version-missing = If-Match is missing
api-problem-too-many = Too many requests
api-problem-unavailable = The system is busy

api-problem-hint-unauthenticated = Send Authorization: Bearer with a token that is neither revoked nor expired.
api-problem-hint-forged = Send the token of the session in X-CSRF-Token.
api-problem-hint-method = Allow names the methods that it knows.
api-problem-hint-key-under-way = Wait for its answer, then send it again.
api-problem-hint-outdated = Read the record again, decide again, and send the new ETag in If-Match.
api-problem-hint-too-large = Send it in smaller parts.
api-problem-hint-media-type = Send Content-Type: application/json.
api-problem-hint-key-unusable = A key has 1 to 100 characters; sessions have no keys.
api-problem-hint-key-of-another = Take a new key for a new request.
api-problem-hint-version-missing = Read the record and send its ETag in If-Match.

problem-fixed = This cannot be changed
