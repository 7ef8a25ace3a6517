/** The project in the example of the published API page. */
export const PUBLISHED_PROJECT_ID = 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39';

/** The example request of the published API page with host and key replaced. */
export function toPublishedCurl(origin: string, projectId: string, apiKey: string): string {
  return `curl ${origin}/v1/projects/${projectId}/leased-accounts/request \\
-H "Authorization: Bearer ${apiKey}" \\
-H "Idempotency-Key: 9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777" \\
-H "Content-Type: application/json" \\
-d '{
"projectId": "${projectId}",
"count": 5,
"niche": {
"vertical": "coffee",
"audience": "home baristas 25–40",
"language": "en",
"geo": ["US", "CA", "GB"]
},
"target": "Short-form brew tutorials; paid UGC-style creative for ads."
}'`;
}
